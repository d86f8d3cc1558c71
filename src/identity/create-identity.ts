import { createAccess } from "./access/access.js";
import { fromCredentials, type CredentialParts } from "./access/from-credentials.js";
import { createApiKeys } from "./api-key/api-keys.js";
import { createAuthority, createAuthorityFeed, type CheckedClaims } from "./authority/index.js";
import {
  createRedirectTargets,
  createSignInTransactions,
  createTenantChoices,
} from "./authorization/index.js";
import { layFoundation } from "./composition/foundation.js";
import { composeGrants } from "./composition/grants.js";
import { composeSignIn } from "./composition/sign-in.js";
import { composeTokens } from "./composition/tokens.js";
import { createTenantEvents } from "./event/tenant-events.js";
import { createExchange } from "./exchange/exchange.js";
import type { Identity } from "./identity.js";
import { createImpersonation } from "./impersonation/impersonation.js";
import { createInvitations } from "./invitation/invitations.js";
import { createMembers } from "./membership/members.js";
import type { IdentityPermission } from "./membership/roles.js";
import { createTenantRoles } from "./membership/tenant-roles.js";
import type { IdentityOptions } from "./options.js";
import { createRequestReader } from "./request/request-reader.js";
import { endingAccounts } from "./revocation/ending-accounts.js";
import { createRevocation } from "./revocation/revocation.js";

/**
 * Users, their standing in tenants, and the tokens that say so: made once, at start-up. It listens to
 * the database at once, and keeps the process alive until closed.
 * @throws {TenantryError} `CONFIG_INVALID`, `SECRET_WEAK`
 */
export function createIdentity<Permission extends string = never>(
  options: IdentityOptions<Permission>,
): Identity<Permission> {
  const foundation = layFoundation(options);
  const { tenants, hosts, events, keys, roles, database, accounts, sessions } = foundation;
  const { signingKeys, verifier, tokens, impersonationTokens } = composeTokens(foundation, options);
  const { grants, authorizationCodes } = composeGrants(foundation, options.grants);
  const revocation = createRevocation(database, sessions, tenants);
  const signIn = composeSignIn(foundation, revocation, options);
  const apiKeys = createApiKeys(database, roles, tenants);
  const assertCurrent = (claims: CheckedClaims) => authority.assertCurrent(claims);
  const credentials: CredentialParts = { verifier, apiKeys, authority: { assertCurrent } };
  const requests = createRequestReader({
    ...{ hosts, tenants, keys, events, trustedProxies: options.trustedProxies ?? [] },
    credentials: fromCredentials(credentials, { required: true }),
  });
  // Without TLS there is nothing but a developer's own machine.
  const allowInsecureLocalhost = foundation.issuer.startsWith("http:");
  const redirectTargets = createRedirectTargets({ tenants, hosts, allowInsecureLocalhost });
  // Last, for it connects: a mistake in an option must leave nothing open.
  const authority = createAuthority({
    ...{ database, tenants, events },
    feed: createAuthorityFeed({
      ...{ newClient: database.newListenClient, keys, onEvent: events },
      redis: options.redis,
    }),
  });
  let closed: Promise<void> | null = null;

  return {
    ...{ tenants, hosts, events, requests, sessions, signIn, revocation, apiKeys, redirectTargets },
    ...{ grants, authorizationCodes, authority, verifier, signingKeys },
    issuer: new URL(foundation.issuer),
    letters: foundation.letters,
    accounts: endingAccounts(accounts, revocation),
    signIns: createSignInTransactions({ keys }),
    tenantChoices: createTenantChoices(database, tenants),
    exchange: createExchange({ sessions, grants, authorizationCodes, issuer: tokens }),
    members: createMembers(database, roles),
    tenantRoles: createTenantRoles(database, roles),
    invitations: createInvitations(database, roles),
    tenantEvents: createTenantEvents(database, roles),
    impersonation: createImpersonation(database, impersonationTokens, roles),
    ...createAccess<Permission | IdentityPermission>(database, roles, events),
    fromCredentials: (how) => fromCredentials(credentials, how),
    ready: () => database.check(),
    close: () => (closed ??= authority.close().then(() => database.close())),
  };
}
