import type { Actor } from "../../core/scope.js";
import type { Tenant } from "../../core/tenant.js";
import { isUuid } from "../../core/uuid.js";
import { recorded, type Caller } from "../caller.js";
import type { IdentityDatabase } from "../identity-database.js";
import { mayChange, type MemberChange } from "./authority.js";
import { asMembership, type Membership, type MembershipStatus } from "./membership.js";
import { createPermitted } from "./permitted.js";
import { keepsChanging, lastOwner, notInTenant, permissionDenied } from "./refusal.js";
import type { Roles } from "./roles.js";
import { createStandings } from "./standing.js";
import * as sql from "./statements.js";
import { attempts } from "./while-unchanged.js";

/** Who does it: a member of the tenant, by his account. */
export interface By {
  readonly accountId: string;
  readonly caller: Caller;
}

/** The members of a tenant. What the actor may is asked of the database each time, not of his token. */
export interface Members {
  /** All but those removed, by when they came. */
  list(tenant: Tenant, by: By): Promise<readonly Membership[]>;
  /** The one member, of any status, or null. */
  find(tenant: Tenant, accountId: string): Promise<Membership | null>;
  /**
   * Makes an account a member without being asked by one: the first owner, an import, an accepted
   * invitation. A removed member comes back; one who is there stays as he is.
   */
  admit(
    tenant: Tenant,
    member: { accountId: string; role: string },
    caller: Caller,
  ): Promise<Membership>;
  /** @throws {TenantryError} `NOT_FOUND`, `PERMISSION_DENIED`, `ROLE_UNKNOWN`, `LAST_OWNER` */
  changeRole(tenant: Tenant, accountId: string, role: string, by: By): Promise<Membership>;
  /** @throws {TenantryError} `NOT_FOUND`, `PERMISSION_DENIED`, `LAST_OWNER` */
  suspend(tenant: Tenant, accountId: string, by: By): Promise<Membership>;
  /** @throws {TenantryError} `NOT_FOUND`, `PERMISSION_DENIED` */
  reactivate(tenant: Tenant, accountId: string, by: By): Promise<Membership>;
  /** Also how one leaves: by oneself. @throws {TenantryError} `NOT_FOUND`, `PERMISSION_DENIED`, `LAST_OWNER` */
  remove(tenant: Tenant, accountId: string, by: By): Promise<Membership>;
}

export function createMembers(database: Pick<IdentityDatabase, "inTenant">, roles: Roles): Members {
  const standingOf = createStandings(database, roles);
  const permitted = createPermitted(database, roles);
  const asked = async (
    tenant: Tenant,
    actor: Actor,
    text: string,
    values: readonly unknown[],
  ): Promise<readonly unknown[]> =>
    (await database.inTenant(tenant, actor, text, [tenant.id, ...values])).rows;

  async function change(
    tenant: Tenant,
    accountId: string,
    wanted: { role?: string; status?: MembershipStatus },
    by: By,
  ): Promise<Membership> {
    if (!isUuid(accountId)) throw notInTenant("member");
    const actor: Actor = { kind: "user", id: by.accountId };
    for (let attempt = 0; attempt < attempts; attempt++) {
      const { me, target, role } = await standingOf(tenant, by.accountId, accountId, wanted.role);
      if (target === null || target.status === "removed") throw notInTenant("member");
      const next: MemberChange = { role, status: wanted.status ?? target.status };
      if (!mayChange(me, target, next, by.accountId === accountId)) throw permissionDenied();
      const rows = await asked(tenant, actor, sql.change, [
        accountId,
        target.version,
        by.accountId,
        me!.version,
        role?.name ?? target.role,
        next.status,
        ...recorded(by.caller),
      ]).catch((error: unknown) => {
        throw isLastOwner(error) ? lastOwner() : error;
      });
      if (rows[0] !== undefined) return asMembership(rows[0]);
    }
    throw keepsChanging();
  }

  return {
    async list(tenant, by) {
      const actor: Actor = { kind: "user", id: by.accountId };
      await permitted(tenant, by.accountId, "members:read");
      return (await asked(tenant, actor, sql.list, [])).map(asMembership);
    },
    async find(tenant, accountId) {
      if (!isUuid(accountId)) return null;
      const [row] = await asked(tenant, system, sql.find, [accountId]);
      return row === undefined ? null : asMembership(row);
    },
    async admit(tenant, { accountId, role }, caller) {
      await standingOf(tenant, accountId, accountId, role);
      const values = [accountId, role, ...recorded(caller)];
      return asMembership((await asked(tenant, system, sql.admit, values))[0]);
    },
    changeRole: (tenant, accountId, role, by) => change(tenant, accountId, { role }, by),
    suspend: (tenant, accountId, by) => change(tenant, accountId, { status: "suspended" }, by),
    reactivate: (tenant, accountId, by) => change(tenant, accountId, { status: "active" }, by),
    remove: (tenant, accountId, by) => change(tenant, accountId, { status: "removed" }, by),
  };
}

const system: Actor = { kind: "system", id: "identity" };

function isLastOwner(error: unknown): boolean {
  return (error as { constraint?: unknown }).constraint === "tenant_has_an_owner";
}
