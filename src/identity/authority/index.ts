export { createAuthorityFeed, type AuthorityFeedOptions } from "./authority-feed.js";
export { createAuthority } from "./authority.js";
export type {
  Authority,
  AuthorityChange,
  AuthorityDoubt,
  AuthorityFeed,
  CheckedClaims,
  DeniedToken,
  VersionChange,
} from "./contract.js";
export type { AuthorityOptions } from "./options.js";
export type { RedisClient } from "./redis/link-of.js";
