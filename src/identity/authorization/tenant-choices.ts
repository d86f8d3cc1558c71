import type { Tenant, TenantLookup } from "../../core/tenant.js";
import { isUuid } from "../../core/uuid.js";
import type { IdentityDatabase } from "../identity-database.js";

/** A tenant that an account may enter now. */
export interface TenantChoice {
  readonly tenant: Pick<Tenant, "id" | "slug" | "name">;
  readonly role: string;
}

export interface TenantChoices {
  /**
   * The active tenants in which an active account is an active member, by name; 500 at most. One round
   * trip, and the registry is asked for each, which its cache answers.
   * @throws {TenantryError} `REGISTRY_UNAVAILABLE`; what the database throws
   */
  list(accountId: string): Promise<readonly TenantChoice[]>;
}

/** The role that reads accounts reads no tenants, so that what a tenant is comes from the registry. */
const listText = `
  select t.tenant_id as "tenantId", t.role
  from tenantry.account_tenant t join tenantry.account a on a.id = t.account_id
  where t.account_id = $1 and t.status = 'active' and a.status = 'active'
  order by t.tenant_id limit 500`;

/** Look-ups at once: a picker must not take every connection of the registry's. */
const atOnce = 8;

export function createTenantChoices(
  database: Pick<IdentityDatabase, "query">,
  tenants: TenantLookup,
): TenantChoices {
  async function choiceOf(tenantId: string, role: string): Promise<TenantChoice | null> {
    const tenant = await tenants.find({ by: "id", value: tenantId });
    if (tenant?.status !== "active") return null;
    const { id, slug, name } = tenant;
    return Object.freeze({ tenant: Object.freeze({ id, slug, name }), role });
  }

  return {
    async list(accountId) {
      if (!isUuid(accountId)) return [];
      const rows = (await database.query(listText, [accountId])).rows as readonly MemberRow[];
      const found: (TenantChoice | null)[] = [];
      for (let first = 0; first < rows.length; first += atOnce) {
        const some = rows.slice(first, first + atOnce);
        found.push(...(await Promise.all(some.map((row) => choiceOf(row.tenantId, row.role)))));
      }
      return found.filter((choice) => choice !== null).sort(byName);
    },
  };
}

interface MemberRow {
  readonly tenantId: string;
  readonly role: string;
}

/** The slug tells tenants of one name apart, so that the order is always the same. */
function byName({ tenant: one }: TenantChoice, { tenant: other }: TenantChoice): number {
  return one.name.localeCompare(other.name, "en") || (one.slug < other.slug ? -1 : 1);
}
