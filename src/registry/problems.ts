import { TenantryError } from "../core/tenantry-error.js";
import { mostDomains } from "./rules/limits.js";

export function tenantInvalid(what: string, fix: string): TenantryError {
  return new TenantryError("TENANT_INVALID", { message: what, fix });
}

export function tenantNotFound(id: string): TenantryError {
  return new TenantryError("TENANT_NOT_FOUND", {
    message: `The registry has no tenant with the id ${quote(id)}.`,
    fix: "Take the id from registry.list() or registry.find(); tenants are never deleted.",
  });
}

export function slugTaken(slug: string, cause?: unknown): TenantryError {
  return new TenantryError("TENANT_CONFLICT", {
    message: `The slug ${quote(slug)} is taken.`,
    fix: "Choose another; a slug stays taken after its tenant is archived.",
    cause,
  });
}

export function tenantArchived(id: string, cause?: unknown): TenantryError {
  return new TenantryError("TENANT_CONFLICT", {
    message: `Tenant ${quote(id)} is archived, which is for good.`,
    fix: "Create a new tenant instead, under another slug.",
    cause,
  });
}

export function domainInvalid(host: unknown, why: string, cause?: unknown): TenantryError {
  return new TenantryError("DOMAIN_INVALID", {
    message: `${quote(host)} cannot be a tenant's domain: ${why}.`,
    fix: "Pass the full host name in lower case, international names as A-labels (xn--…), without scheme, port or trailing dot.",
    cause,
  });
}

export function domainTaken(host: string, cause?: unknown): TenantryError {
  return new TenantryError("DOMAIN_CONFLICT", {
    message: `The domain ${quote(host)} is verified for another tenant.`,
    fix: "Remove it there first, once it is clear who owns the name now.",
    cause,
  });
}

export function domainNotFound(tenantId: string, host: string): TenantryError {
  return new TenantryError("DOMAIN_NOT_FOUND", {
    message: `Tenant ${quote(tenantId)} has no domain ${quote(host)}.`,
    fix: "Add it with registry.addDomain(), or list what there is with registry.domains().",
  });
}

export function domainLimit(tenantId: string, cause?: unknown): TenantryError {
  return new TenantryError("DOMAIN_LIMIT", {
    message: `Tenant ${quote(tenantId)} has ${mostDomains} domains, and that is the limit.`,
    fix: "Remove domains that it no longer uses.",
    cause,
  });
}

export function registryUnavailable(what: string, fix: string, cause?: unknown): TenantryError {
  return new TenantryError("REGISTRY_UNAVAILABLE", { message: what, fix, cause });
}

/** For a message: on one line, and never longer than is good to read. */
function quote(value: unknown): string {
  if (typeof value !== "string") return `a value of type ${typeof value}`;
  return JSON.stringify(value.length > 100 ? `${value.slice(0, 100)}…` : value);
}
