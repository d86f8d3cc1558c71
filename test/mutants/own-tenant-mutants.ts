import type { IdentityMutantRow } from "./identity-world.js";

const members = "members-are-of-the-tenant-that-is-named";
const roles = "roles-are-of-the-tenant-that-is-named";
const invitations = "invitations-are-of-the-tenant-that-is-named";
const keys = "keys-are-of-the-tenant-that-is-named";

const membership = "membership/statements.ts";
const invitation = "invitation/statements.ts";
const apiKey = "api-key/statements.ts";

/** Statements that leave the tenant to row security, which is off: each with the probe that must notice. */
// prettier-ignore
export const ownTenantMutants: readonly IdentityMutantRow[] = [
  ["a standing is of any tenant", membership, "where m.tenant_id = $1 and m.account_id = ${accountId})`", "where $1::uuid is not null and m.account_id = ${accountId})`", members],
  ["a wanted role is of any tenant", membership, "where r.tenant_id = $1 and r.name = $4", "where r.name = $4", members],
  ["a member is found in any tenant", membership, "from tenantry.membership m where m.tenant_id = $1 and m.account_id = $2`", "from tenantry.membership m where $1::uuid is not null and m.account_id = $2`", members],
  ["members of all tenants are listed", membership, "where m.tenant_id = $1 and m.status <> 'removed'", "where $1::uuid is not null and m.status <> 'removed'", members],
  ["a removal ends grants in every tenant", membership, "from m where g.tenant_id = $1 and", "from m where", "grants-end-in-the-tenant-that-is-named"],
  ["roles of all tenants are listed", membership, "where r.tenant_id = $1 order", "where $1::uuid is not null order", roles],
  ["a role is removed in every tenant", membership, "where r.tenant_id = $1 and r.name = $2 and me", "where r.name = $2 and me", roles],
  ["a role changes its namesakes' members", membership, "where m.tenant_id = $1 and m.role = ${name}", "where m.role = ${name}", roles],
  ["invitations of all tenants are listed", invitation, "where i.tenant_id = $1 and ${waits} and i.expires_at > now() order", "where $1::uuid is not null and ${waits} and i.expires_at > now() order", invitations],
  ["an invitation is revoked from any tenant", invitation, "where i.tenant_id = $1 and i.id = $2", "where i.id = $2", invitations],
  ["keys of all tenants are listed", apiKey, "where k.tenant_id = $1 and k.revoked_at is null\n", "where $1::uuid is not null and k.revoked_at is null\n", keys],
  ["a key is revoked from any tenant", apiKey, "where k.tenant_id = $1 and k.id = $2 and k.revoked_at", "where k.id = $2 and k.revoked_at", keys],
  ["a key opens the tenant it says", apiKey, "where k.tenant_id = $1 and k.id = $2 and ${inForce}\n      and", "where $1::uuid is not null and k.id = $2 and ${inForce}\n      and", keys],
];
