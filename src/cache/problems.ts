import { isTenantryError, TenantryError } from "../core/tenantry-error.js";

export function configInvalid(message: string, fix: string): TenantryError {
  return new TenantryError("CONFIG_INVALID", { message, fix });
}

export function entryInvalid(message: string, fix: string): TenantryError {
  return new TenantryError("CACHE_ENTRY_INVALID", { message, fix });
}

export function unavailable(message: string, cause?: unknown): TenantryError {
  return new TenantryError("CACHE_UNAVAILABLE", {
    message,
    fix: 'Look at the cache\'s server and the network; where the service can do without the cache, say onUnavailable: "compute".',
    ...(cause === undefined ? {} : { cause: withoutData(cause) }),
  });
}

/** Whatever a backend threw, as the one error that a backend may throw. */
export function asUnavailable(error: unknown): TenantryError {
  if (isTenantryError(error, "CACHE_UNAVAILABLE")) return error;
  return unavailable("The cache's backend failed.", error);
}

/** A driver's error carries the command, and with it a tenant's value: only its words are kept. */
function withoutData(cause: unknown): Error {
  const words = cause instanceof Error ? `${cause.name}: ${cause.message}` : typeof cause;
  return new Error(words.slice(0, 200));
}
