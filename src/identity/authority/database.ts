import { isTenantryError } from "../../core/tenantry-error.js";
import type { GrantDatabase } from "../grant/index.js";
import type { IdentityDatabase } from "../identity-database.js";
import type { DenialSource } from "./deny-list.js";
import type { MemberState } from "./known-members.js";
import type { Read } from "./reads.js";
import * as sql from "./statements.js";

interface MemberRow {
  readonly isActive: boolean | null;
  readonly version: string | null;
  readonly tenantVersion: string;
}

/** Where there is no such tenant or member. Nothing is older. */
const nobody: MemberState = Object.freeze({ isActive: false, version: -1, tenantVersion: 0 });

/** Reads one member and the version of the tenant, in the tenant's scope. */
export function createMemberReader(
  read: Read,
  database: GrantDatabase,
): (tenantId: string, accountId: string) => Promise<MemberState> {
  return (tenantId, accountId) =>
    read(async () => {
      const values = [tenantId, accountId];
      // Whether the tenant is active is for resolution to say, at every request.
      const { rows } = await database
        .query<MemberRow>(tenantId, sql.member, values, { anyStatus: true })
        .catch((error: unknown) => {
          if (isTenantryError(error, "TENANT_NOT_FOUND")) return { rows: [] };
          throw error;
        });
      return rows[0] === undefined ? nobody : stateOf(rows[0]);
    });
}

function stateOf({ isActive, version, tenantVersion }: MemberRow): MemberState {
  return {
    isActive: isActive === true,
    version: version === null ? nobody.version : Number(version),
    tenantVersion: Number(tenantVersion),
  };
}

interface DenialRow {
  readonly tenantId: string;
  readonly tokenId: string;
  readonly expiresAt: Date;
}

/** Reads denied tokens, of all tenants: the identity role alone may. */
export function createDenialSource(
  read: Read,
  database: Pick<IdentityDatabase, "query">,
): DenialSource {
  return {
    page: ({ tenantId, tokenId }, limit) =>
      read(async () => {
        const { rows } = await database.query(sql.deniedPage, [tenantId, tokenId, limit]);
        return (rows as readonly DenialRow[]).map((row) => ({
          ...row,
          expiresAt: row.expiresAt.getTime(),
        }));
      }),
    one: (tenantId, tokenId) =>
      read(async () => {
        const { rows } = await database.query(sql.deniedToken, [tenantId, tokenId]);
        return (rows as readonly Pick<DenialRow, "expiresAt">[])[0]?.expiresAt.getTime() ?? null;
      }),
  };
}
