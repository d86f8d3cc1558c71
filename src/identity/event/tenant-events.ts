import type { Tenant } from "../../core/tenant.js";
import { TenantryError } from "../../core/tenantry-error.js";
import type { IdentityDatabase } from "../identity-database.js";
import type { By } from "../membership/members.js";
import { createPermitted } from "../membership/permitted.js";
import type { Roles } from "../membership/roles.js";

/** Something that happened to a tenant's people, written with the change itself. */
export interface TenantEvent {
  /** Grows from one event to the next. */
  readonly id: string;
  readonly at: Date;
  /** Whom it is about, or who did it: `type` says which. Null where it is about all. */
  readonly accountId: string | null;
  /** Such as `member.changed`, `grant.started`, `impersonation.started`. */
  readonly type: string;
  readonly outcome: "done" | "refused";
  readonly reason: string | null;
  readonly address: string | null;
  readonly userAgent: string | null;
  readonly detail: Readonly<Record<string, unknown>>;
}

export interface EventPage {
  /** 1 to 1,000. Default 100. */
  readonly limit?: number;
  /** The `id` of the oldest event that is known: those before it. Default the newest. */
  readonly before?: string;
}

/** What happened in a tenant, for those of its members who may see it. */
export interface TenantEvents {
  /** The newest first. @throws {TenantryError} `PERMISSION_DENIED`, `REQUEST_INVALID` */
  list(tenant: Tenant, by: By, page?: EventPage): Promise<readonly TenantEvent[]>;
}

export function createTenantEvents(
  database: Pick<IdentityDatabase, "inTenant">,
  roles: Roles,
): TenantEvents {
  const permitted = createPermitted(database, roles);
  return {
    async list(tenant, by, { limit = 100, before } = {}) {
      assertPage(limit, before);
      await permitted(tenant, by.accountId, "events:read");
      const actor = { kind: "user", id: by.accountId } as const;
      const values = [tenant.id, before ?? null, limit];
      const { rows } = await database.inTenant(tenant, actor, listText, values);
      return rows as readonly TenantEvent[];
    },
  };
}

const listText = `
  select e.id::text, e.at, e.account_id as "accountId", e.type, e.outcome, e.reason, e.address,
    e.user_agent as "userAgent", e.detail
  from tenantry.identity_event e
  where e.tenant_id = $1 and ($2::bigint is null or e.id < $2::bigint)
  order by e.id desc limit $3`;

function assertPage(limit: number, before: string | undefined): void {
  const isLimit = Number.isInteger(limit) && limit >= 1 && limit <= 1_000;
  if (isLimit && (before === undefined || /^[1-9]\d{0,17}$/.test(before))) return;
  throw new TenantryError("REQUEST_INVALID", {
    message: "The page of events that was asked for is none.",
    fix: "Pass a `limit` of 1 to 1,000, and as `before` the id of an event.",
  });
}
