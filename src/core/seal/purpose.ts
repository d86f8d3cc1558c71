/**
 * What a seal is for. Each purpose has its own key, so a seal made for one never opens as another
 * (RFC 8725 §3.12 asks the same of tokens).
 */
export const sealPurposes = [
  "database",
  "operator",
  "registry",
  "service",
  "cache",
  "job",
  "signing-key",
  "refresh",
  "sign-in",
] as const;

/**
 * - `database`: opens one tenant's rows in PostgreSQL
 * - `operator`: opens all tenants' rows to the operator role
 * - `registry`: lets the app role look a tenant up
 * - `service`: carries a tenant to another of one's own services, in a header
 * - `cache`: tells a value of a shared cache from one that somebody else put there
 * - `job`: carries a tenant through a queue, for one job and its payload
 * - `signing-key`: encrypts the private keys of access tokens where they are kept
 * - `refresh`: makes the refresh tokens of a grant; nothing is sealed with it
 * - `sign-in`: encrypts what a browser keeps of a sign-in under way
 */
export type SealPurpose = (typeof sealPurposes)[number];
