import type { Actor } from "../../core/scope.js";
import type { Tenant, TenantLookup } from "../../core/tenant.js";
import { TenantryError } from "../../core/tenantry-error.js";
import { isUuid, newUuid } from "../../core/uuid.js";
import { recorded } from "../caller.js";
import type { IdentityDatabase } from "../identity-database.js";
import type { By } from "../membership/members.js";
import { createPermitted } from "../membership/permitted.js";
import { notInTenant, permissionDenied } from "../membership/refusal.js";
import type { Roles } from "../membership/roles.js";
import { whileUnchanged } from "../membership/while-unchanged.js";
import { asApiKey, type ApiKey } from "./api-key.js";
import { newKeyText, readKeyText } from "./key-text.js";
import * as sql from "./statements.js";

export interface NewApiKey {
  /** 1 to 100 characters, for those who see the list. */
  readonly name: string;
  /** No more than its maker has. */
  readonly permissions: readonly string[];
  /** Default: until it is revoked. */
  readonly expiresAt?: Date;
}

/** A key, and its text, which is shown this once. */
export interface IssuedApiKey {
  readonly key: ApiKey;
  readonly text: string;
}

/** Who calls with a key. */
export interface KeyHolder {
  readonly tenant: Tenant;
  readonly actor: Actor;
  readonly permissions: readonly string[];
}

/** Keys of a tenant's own programs. They outlive their makers, until someone revokes them. */
export interface ApiKeys {
  /** @throws {TenantryError} `PERMISSION_DENIED`, `API_KEY_INVALID` */
  create(tenant: Tenant, key: NewApiKey, by: By): Promise<IssuedApiKey>;
  /** All that were not revoked. @throws {TenantryError} `PERMISSION_DENIED` */
  list(tenant: Tenant, by: By): Promise<readonly ApiKey[]>;
  /** At once. @throws {TenantryError} `PERMISSION_DENIED`, `NOT_FOUND` */
  revoke(tenant: Tenant, keyId: string, by: By): Promise<void>;
  /**
   * A new text for the key. The old one is good for `overlapSeconds` more: default 3600, 0 to 604 800.
   * @throws {TenantryError} `PERMISSION_DENIED`, `NOT_FOUND`, `API_KEY_INVALID`
   */
  rotate(
    tenant: Tenant,
    keyId: string,
    by: By,
    options?: { readonly overlapSeconds?: number },
  ): Promise<IssuedApiKey>;
  /**
   * Whose key it is, if it is good now and its tenant is active: the database is asked each time. Null
   * for anything else, whatever is wrong with it. @throws {TenantryError} `REGISTRY_UNAVAILABLE`
   */
  use(text: unknown): Promise<KeyHolder | null>;
}

export function createApiKeys(
  database: Pick<IdentityDatabase, "inTenant">,
  roles: Roles,
  lookup: TenantLookup,
): ApiKeys {
  const permitted = createPermitted(database, roles);
  const manager = (tenant: Tenant, { accountId }: By) =>
    permitted(tenant, accountId, "keys:manage");
  async function managerWith(tenant: Tenant, permissions: readonly string[], by: By) {
    const me = await manager(tenant, by);
    if (permissions.every((given) => me.permissions.includes(given))) return me;
    throw permissionDenied();
  }

  async function run(
    tenant: Tenant,
    actor: Actor,
    text: string,
    values: readonly unknown[],
  ): Promise<readonly ApiKey[]> {
    const { rows } = await database.inTenant(tenant, actor, text, [tenant.id, ...values]);
    return rows.map(asApiKey);
  }

  const one = async (...given: Parameters<typeof run>): Promise<ApiKey | undefined> =>
    (await run(...given))[0];

  const user = ({ accountId }: By): Actor => ({ kind: "user", id: accountId });

  return {
    async create(tenant, { name, permissions, expiresAt = null as Date | null }, by) {
      assertKey(name, permissions, expiresAt, roles);
      const id = newUuid();
      const { text, secretHash } = newKeyText(tenant.id, id);
      const sorted = [...new Set(permissions)].sort();
      const maker = [by.accountId, ...recorded(by.caller)];
      const values = [id, name, sorted, secretHash, expiresAt, ...maker];
      const key = await whileUnchanged(
        () => managerWith(tenant, sorted, by),
        (me) => one(tenant, user(by), sql.create, [...values, me.version]),
      );
      return { key: key!, text };
    },
    async list(tenant, by) {
      await manager(tenant, by);
      return run(tenant, user(by), sql.list, []);
    },
    async revoke(tenant, keyId, by) {
      const values = [keyId, by.accountId, ...recorded(by.caller)];
      const revoked = await whileUnchanged(
        () => manager(tenant, by),
        async (me) =>
          isUuid(keyId) ? one(tenant, user(by), sql.revoke, [...values, me.version]) : undefined,
      );
      if (revoked === null) throw notInTenant("key");
    },
    async rotate(tenant, keyId, by, { overlapSeconds = 3_600 } = {}) {
      assertOverlap(overlapSeconds);
      await manager(tenant, by);
      const kept = isUuid(keyId) ? await one(tenant, user(by), sql.find, [keyId]) : undefined;
      if (kept === undefined) throw notInTenant("key");
      const { text, secretHash } = newKeyText(tenant.id, keyId);
      const values = [keyId, secretHash, overlapSeconds, by.accountId, ...recorded(by.caller)];
      const key = await whileUnchanged(
        // Whoever has the new text can do what the key can, and that never changes.
        () => managerWith(tenant, kept.permissions, by),
        (me) => one(tenant, user(by), sql.rotate, [...values, me.version]),
      );
      if (key === null) throw notInTenant("key");
      return { key, text };
    },
    async use(given) {
      const read = readKeyText(given);
      if (read === null) return null;
      const tenant = await lookup.find({ by: "id", value: read.tenantId });
      if (tenant?.status !== "active") return null;
      const actor: Actor = { kind: "service", id: read.keyId };
      const key = await one(tenant, actor, sql.use, [read.keyId, read.secretHash]);
      if (key === undefined) return null;
      const permissions = key.permissions.filter((name) => roles.permissions.has(name));
      return { tenant, actor, permissions };
    },
  };
}

function assertKey(
  name: string,
  permissions: readonly string[],
  expiresAt: Date | null,
  roles: Roles,
): void {
  // PostgreSQL stores no NUL and no half of a pair, and a list shows the name on one line.
  const isText = typeof name === "string" && !/[\p{Cc}\p{Cs}]/u.test(name);
  const isNamed = isText && /\S/.test(name) && [...name].length <= 100;
  const areKnown = permissions.every((permission) => roles.permissions.has(permission));
  const isBounded = permissions.length >= 1 && permissions.length <= 64;
  const isLater = expiresAt === null || expiresAt.getTime() > Date.now();
  if (isNamed && areKnown && isBounded && isLater) return;
  throw keyInvalid(
    "A key needs a name of 1 to 100 characters, 1 to 64 permissions that the application has, and an expiry, if any, in the future.",
  );
}

function assertOverlap(seconds: number): void {
  if (Number.isInteger(seconds) && seconds >= 0 && seconds <= 604_800) return;
  throw keyInvalid("`overlapSeconds` is a whole number from 0 to 604 800, which is a week.");
}

function keyInvalid(message: string): TenantryError {
  return new TenantryError("API_KEY_INVALID", { message, fix: "Correct what was passed." });
}
