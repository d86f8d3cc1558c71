import type { ErrorDescription } from "./error-description.js";
import { identityErrorCodes } from "./identity-errors.js";
import { proofErrorCodes } from "./proof-errors.js";

/**
 * The one registry of error codes. A code is never reused for another meaning.
 * `status` and `title` are all that may leave the process over HTTP; `meaning` is for the docs
 * (docs/errors.md is compared with this table, both ways, by a test).
 */
export const errorCodes = {
  CONFIG_INVALID: {
    status: 500,
    title: "Internal error",
    meaning: "Tenantry was set up with an option that cannot work.",
  },
  SECRET_WEAK: {
    status: 500,
    title: "Internal error",
    meaning: "The secret is missing or has fewer than 32 bytes.",
  },
  SCOPE_REQUIRED: {
    status: 500,
    title: "Internal error",
    meaning: "Something tenant-scoped was asked for where no tenant scope is active.",
  },
  SCOPE_FORGED: {
    status: 500,
    title: "Internal error",
    meaning: "A value that Tenantry did not issue was passed as a scope.",
  },
  SCOPE_NESTED: {
    status: 500,
    title: "Internal error",
    meaning: "Work for one tenant tried to start work for another inside it.",
  },
  SCOPE_CHANGED: {
    status: 500,
    title: "Internal error",
    meaning: "A connection or transaction of one tenant was used in another tenant's scope.",
  },
  SCOPE_IN_CACHE: {
    status: 500,
    title: "Internal error",
    meaning:
      "The tenant was read while a framework filled a cache whose key does not know the tenant.",
  },
  REASON_REQUIRED: {
    status: 500,
    title: "Internal error",
    meaning: "Entering a tenant or acting as operator was tried without saying why.",
  },
  TENANT_UNRESOLVED: {
    status: 400,
    title: "Bad request",
    meaning: "The request names no known tenant: no host, a malformed host or an unknown tenant.",
  },
  TENANT_MISMATCH: {
    status: 403,
    title: "Forbidden",
    meaning: "Two signals of one request name different tenants.",
  },
  ACTOR_MISMATCH: {
    status: 403,
    title: "Forbidden",
    meaning: "Two signals of one request name the same tenant but different actors.",
  },
  TENANT_INACTIVE: {
    status: 403,
    title: "Forbidden",
    meaning: "The tenant is suspended or archived.",
  },
  TOKEN_REQUIRED: {
    status: 401,
    title: "Unauthorized",
    meaning: "The request needs an access token that names a tenant and brought none.",
  },
  TOKEN_INVALID: {
    status: 401,
    title: "Unauthorized",
    meaning: "The access token is malformed, expired, of another kind, or not from the issuer.",
  },
  TOKEN_KEYS_UNAVAILABLE: {
    status: 503,
    title: "Service unavailable",
    meaning:
      "The issuer's signing keys could not be had, so no access token can be issued or verified.",
  },
  SEAL_INVALID: {
    status: 401,
    title: "Unauthorized",
    meaning: "A seal is malformed, forged, of another purpose, or made with an unknown key.",
  },
  SEAL_EXPIRED: {
    status: 401,
    title: "Unauthorized",
    meaning: "A seal was opened after its expiry.",
  },
  NOT_FOUND: {
    status: 404,
    title: "Not found",
    meaning: "The thing asked for does not exist in this tenant.",
  },
  REQUEST_INVALID: {
    status: 400,
    title: "Bad request",
    meaning:
      "The framework or a library refused the request: a malformed or too large body, say. The status is its own.",
  },
  INTERNAL: {
    status: 500,
    title: "Internal error",
    meaning: "Something failed that is no error of Tenantry's.",
  },
  TENANT_NOT_FOUND: {
    status: 404,
    title: "Not found",
    meaning: "The registry has no such tenant.",
  },
  TENANT_INVALID: {
    status: 400,
    title: "Bad request",
    meaning: "A tenant's slug, name, status or other field is not acceptable.",
  },
  TENANT_CONFLICT: {
    status: 409,
    title: "Conflict",
    meaning: "The slug is taken, or the change does not fit the tenant's present status.",
  },
  DOMAIN_INVALID: {
    status: 400,
    title: "Bad request",
    meaning: "A custom domain is not a host name that a tenant may own.",
  },
  DOMAIN_CONFLICT: {
    status: 409,
    title: "Conflict",
    meaning: "The domain already belongs to a tenant.",
  },
  DOMAIN_NOT_FOUND: {
    status: 404,
    title: "Not found",
    meaning: "The tenant has no such domain.",
  },
  DOMAIN_LIMIT: {
    status: 409,
    title: "Conflict",
    meaning: "The tenant has as many domains as one tenant may have.",
  },
  REGISTRY_UNAVAILABLE: {
    status: 503,
    title: "Service unavailable",
    meaning: "The tenant registry could not be read, so no tenant can be confirmed.",
  },
  DATABASE_UNAVAILABLE: {
    status: 503,
    title: "Service unavailable",
    meaning: "The database could not be reached, or the connection broke.",
  },
  POOL_EXHAUSTED: {
    status: 503,
    title: "Service unavailable",
    meaning: "No database connection became free within the time allowed.",
  },
  DATABASE_SCOPE_REFUSED: {
    status: 500,
    title: "Internal error",
    meaning:
      "The database refused the sealed scope: missing, forged, expired or of an unknown key.",
  },
  DATABASE_UNSAFE: {
    status: 500,
    title: "Internal error",
    meaning:
      "The start-up check found the database unable to isolate tenants: a role with too much power, a missing key, an unclassified table.",
  },
  STATEMENT_REFUSED: {
    status: 500,
    title: "Internal error",
    meaning: "A statement that could outlive or escape its scope was refused before it was sent.",
  },
  TRANSACTION_LEFT_OPEN: {
    status: 500,
    title: "Internal error",
    meaning:
      "A connection came back with a transaction still open; it was destroyed with its work undone.",
  },
  TRANSACTION_ABORTED: {
    status: 500,
    title: "Internal error",
    meaning: "A transaction was to be committed although one of its statements had failed.",
  },
  OPERATOR_UNAVAILABLE: {
    status: 500,
    title: "Internal error",
    meaning: "Operator work was asked for without an operator connection.",
  },
  OPERATOR_EXPIRED: {
    status: 403,
    title: "Forbidden",
    meaning: "The time limit of an operator's work has passed.",
  },
  MIGRATION_FAILED: {
    status: 500,
    title: "Internal error",
    meaning: "Tenantry's own schema could not be installed or brought up to date.",
  },
  EMBEDDED_UNAVAILABLE: {
    status: 500,
    title: "Internal error",
    meaning: "The embedded PostgreSQL is not installed or did not start.",
  },
  OUTBOUND_REFUSED: {
    status: 500,
    title: "Internal error",
    meaning: "A call to another service, or the redirect that it was answered with, was refused.",
  },
  RATE_LIMITED: {
    status: 429,
    title: "Too many requests",
    meaning: "The tenant has used up what a rate limit gives it for the time being.",
  },
  TENANT_BUSY: {
    status: 503,
    title: "Service unavailable",
    meaning: "The tenant has as much work under way, and waiting, as a concurrency limit allows.",
  },
  LIMIT_UNAVAILABLE: {
    status: 503,
    title: "Service unavailable",
    meaning: "The store of a rate limit could not be asked, so nothing was let through.",
  },
  CACHE_UNAVAILABLE: {
    status: 503,
    title: "Service unavailable",
    meaning: "A cache, or the value that it was to keep, could not be had within the time allowed.",
  },
  CACHE_ENTRY_INVALID: {
    status: 500,
    title: "Internal error",
    meaning: "A key or value cannot be kept in a cache.",
  },
  SEAL_REQUIRED: {
    status: 401,
    title: "Unauthorized",
    meaning: "A job or message came out of a queue without a seal.",
  },
  USAGE: {
    status: 400,
    title: "Bad request",
    meaning: "A command line was not understood.",
  },
  ...identityErrorCodes,
  ...proofErrorCodes,
} as const satisfies Record<string, ErrorDescription>;

export type ErrorCode = keyof typeof errorCodes;
