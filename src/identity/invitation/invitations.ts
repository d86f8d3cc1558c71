import type { Tenant } from "../../core/tenant.js";
import { isTenantryError } from "../../core/tenantry-error.js";
import { isUuid, newUuid } from "../../core/uuid.js";
import type { Account } from "../account/account.js";
import { recorded, type Caller } from "../caller.js";
import type { IdentityDatabase } from "../identity-database.js";
import { mayGive } from "../membership/authority.js";
import { asMembership, type Membership } from "../membership/membership.js";
import type { By } from "../membership/members.js";
import { createPermitted } from "../membership/permitted.js";
import { notInTenant, permissionDenied } from "../membership/refusal.js";
import type { Roles } from "../membership/roles.js";
import { createStandings, type VersionedStanding } from "../membership/standing.js";
import { whileUnchanged } from "../membership/while-unchanged.js";
import { hashOfToken, newOpaqueToken } from "../opaque-token.js";
import { asInvitation, type Invitation } from "./invitation.js";
import * as sql from "./statements.js";

export interface NewInvitation {
  /** The address as it was typed, and what identifies it. */
  readonly email: { readonly address: string; readonly key: string };
  readonly role: string;
}

/** Invitations into a tenant: each for one address, one use and seven days. */
export interface Invitations {
  /**
   * The token goes to the address by mail and nowhere else. An earlier invitation of the same address
   * is void from now on. The answer is the same whether or not the address has an account.
   * @throws {TenantryError} `PERMISSION_DENIED`, `ROLE_UNKNOWN`
   */
  invite(
    tenant: Tenant,
    invitation: NewInvitation,
    by: By,
  ): Promise<{ readonly invitation: Invitation; readonly token: string }>;
  /** Those that wait. @throws {TenantryError} `PERMISSION_DENIED` */
  list(tenant: Tenant, by: By): Promise<readonly Invitation[]>;
  /** @throws {TenantryError} `PERMISSION_DENIED`, `NOT_FOUND` where none of that id waits */
  revoke(tenant: Tenant, invitationId: string, by: By): Promise<void>;
  /**
   * Makes the account a member. Null for any token that is not good now, in this tenant, for the
   * account's own address, and where the one who invited may not give the role any more: what he began
   * ends with what he may. Whoever has the token has read that address's mail, so it is verified.
   * One who is a member already stays what he is.
   */
  accept(
    tenant: Tenant,
    token: unknown,
    account: Account,
    caller: Caller,
  ): Promise<Membership | null>;
}

/** Days that an invitation waits. */
const lifetimeDays = 7;

export function createInvitations(
  database: Pick<IdentityDatabase, "inTenant">,
  roles: Roles,
): Invitations {
  const standingOf = createStandings(database, roles);
  const permitted = createPermitted(database, roles);
  const asked = async (
    tenant: Tenant,
    accountId: string,
    text: string,
    values: readonly unknown[],
  ): Promise<unknown> => {
    const actor = { kind: "user", id: accountId } as const;
    return (await database.inTenant(tenant, actor, text, [tenant.id, ...values])).rows[0];
  };

  /** The member, where he may give the role now. */
  async function giver(
    tenant: Tenant,
    accountId: string,
    wanted: string,
  ): Promise<VersionedStanding | null> {
    const { me, role } = await standingOf(tenant, accountId, accountId, wanted);
    return me !== null && mayGive(me, role!) ? me : null;
  }

  return {
    async invite(tenant, { email, role: wanted }, by) {
      const decide = async () => {
        const me = await giver(tenant, by.accountId, wanted);
        if (me === null) throw permissionDenied();
        return me;
      };
      const { token, hash } = newOpaqueToken();
      const what = [newUuid(), email.address, email.key, wanted, hash, by.accountId, lifetimeDays];
      const row = await whileUnchanged(decide, ({ version }) =>
        asked(tenant, by.accountId, sql.invite, [...what, version, ...recorded(by.caller)]),
      );
      return { invitation: asInvitation(row), token };
    },
    async list(tenant, by) {
      await permitted(tenant, by.accountId, "members:manage");
      const actor = { kind: "user", id: by.accountId } as const;
      const { rows } = await database.inTenant(tenant, actor, sql.list, [tenant.id]);
      return rows.map(asInvitation);
    },
    async revoke(tenant, invitationId, by) {
      const values = [invitationId, by.accountId, ...recorded(by.caller)];
      const revoked = await whileUnchanged(
        () => permitted(tenant, by.accountId, "members:manage"),
        async ({ version }) =>
          isUuid(invitationId)
            ? asked(tenant, by.accountId, sql.revoke, [...values, version])
            : undefined,
      );
      if (revoked === null) throw notInTenant("invitation");
    },
    async accept(tenant, token, { id, emailKey }, caller) {
      const hash = hashOfToken(token);
      if (hash === null) return null;
      const given = await asked(tenant, id, sql.giver, [hash]);
      if (given === undefined) return null;
      const { invited_by, role } = given as { invited_by: string; role: string };
      const values = [hash, id, emailKey, ...recorded(caller), invited_by];
      const row = await whileUnchanged(
        () => giver(tenant, invited_by, role).catch(nullIfUnknown),
        ({ version }) => asked(tenant, id, sql.accept, [...values, version]),
      );
      return row === null ? null : asMembership(row);
    },
  };
}

/** A role that was removed since is nobody's to give. */
function nullIfUnknown(error: unknown): null {
  if (isTenantryError(error, "ROLE_UNKNOWN")) return null;
  throw error;
}
