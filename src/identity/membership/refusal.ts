import { TenantryError } from "../../core/tenantry-error.js";

/** The same for what is another tenant's as for what never was. */
export function notInTenant(what: "member" | "invitation" | "key"): TenantryError {
  return new TenantryError("NOT_FOUND", {
    message: `The tenant has no such ${what}.`,
    fix: "Pass an id that list() gives.",
  });
}

export function permissionDenied(): TenantryError {
  return new TenantryError("PERMISSION_DENIED", {
    message: "The member may not do that, by what the database says of him now.",
    fix: "Ask an owner of the tenant; docs/identity.md says who may change whom.",
  });
}

export function keepsChanging(): TenantryError {
  return new TenantryError("DATABASE_UNAVAILABLE", {
    message: "The members were changed by others again and again while this change was made.",
    fix: "Try again; if it goes on, look for a program that changes members without pause.",
  });
}

export function roleUnknown(role: string): TenantryError {
  return new TenantryError("ROLE_UNKNOWN", {
    message: `The tenant has no role ${JSON.stringify(role.slice(0, 64))}.`,
    fix: "Use owner, admin, member, viewer, or a role that the tenant has made.",
  });
}

export function lastOwner(): TenantryError {
  return new TenantryError("LAST_OWNER", {
    message: "The tenant would be left without an active owner.",
    fix: "Make another member an owner first.",
  });
}
