import { createHash } from "node:crypto";
import { createKeyRing } from "../../../src/core/seal/key-ring.js";
import type { Tenant } from "../../../src/core/tenant.js";
import { newUuid } from "../../../src/core/uuid.js";
import type { Account } from "../../../src/identity/account/account.js";
import { createAccounts } from "../../../src/identity/account/accounts.js";
import { createEmailTokens } from "../../../src/identity/account/email-tokens.js";
import { createApiKeys } from "../../../src/identity/api-key/api-keys.js";
import { newKeyText } from "../../../src/identity/api-key/key-text.js";
import {
  createAuthorizationCodes,
  createTenantChoices,
} from "../../../src/identity/authorization/index.js";
import { createTenantEvents } from "../../../src/identity/event/tenant-events.js";
import { createExchange } from "../../../src/identity/exchange/exchange.js";
import { createGrantDatabase, createGrants } from "../../../src/identity/grant/index.js";
import { writeRefreshToken } from "../../../src/identity/grant/token-text.js";
import { createImpersonation } from "../../../src/identity/impersonation/impersonation.js";
import { createInvitations } from "../../../src/identity/invitation/invitations.js";
import { createMembers } from "../../../src/identity/membership/members.js";
import { createRoles } from "../../../src/identity/membership/roles.js";
import { createTenantRoles } from "../../../src/identity/membership/tenant-roles.js";
import { newOpaqueToken } from "../../../src/identity/opaque-token.js";
import { createRevocation } from "../../../src/identity/revocation/revocation.js";
import { createSessions } from "../../../src/identity/session/sessions.js";
import { createSigningKeys, createTokenIssuer } from "../../../src/identity/token/index.js";
import { caller, type IdentityFixture } from "./identity-fixture.js";

export const device = { ...caller, client: null };

const sources = {
  createAccounts,
  createApiKeys,
  createEmailTokens,
  createExchange,
  createInvitations,
  createMembers,
  createRoles,
  createSessions,
  createTenantRoles,
};
/** What makes the services: the sources, or a copy of them with a fault. */
export type IdentityCode = typeof sources;

/** Every service of identity that a request of a tenant's reaches. */
export function openServices(
  { test, database, tenantry }: IdentityFixture,
  replaced: Partial<IdentityCode> = {},
) {
  const code = { ...sources, ...replaced };
  const ring = createKeyRing(test.secret);
  const roles = code.createRoles({ permissions: ["projects:read", "projects:write"] });
  const sessions = code.createSessions(database);
  const events = () => undefined;
  const scoped = createGrantDatabase(database, tenantry.tenants);
  const grants = createGrants({ database: scoped, keys: ring, events, roles });
  const authorizationCodes = createAuthorizationCodes({ database: scoped, grants, events });
  const issuer = createTokenIssuer({
    keys: createSigningKeys({ database, ring }),
    issuer: "https://auth.example.com",
    audience: "https://api.example.com",
  });
  return {
    sessions,
    grants,
    accounts: code.createAccounts(database),
    emailTokens: code.createEmailTokens(database),
    members: code.createMembers(database, roles),
    tenantRoles: code.createTenantRoles(database, roles),
    invitations: code.createInvitations(database, roles),
    apiKeys: code.createApiKeys(database, roles, tenantry.tenants),
    exchange: code.createExchange({ sessions, grants, authorizationCodes, issuer }),
    authorizationCodes,
    tenantEvents: createTenantEvents(database, roles),
    tenantChoices: createTenantChoices(database, tenantry.tenants),
    revocation: createRevocation(database, sessions, tenantry.tenants),
    impersonation: createImpersonation(database, issuer, roles),
  };
}

/** What a browser asks a code for, apart from who it is signed in as. */
export const codeRequest = (tenant: Tenant) => ({
  tenant,
  redirectUri: `https://${tenant.slug}.example.com/auth/callback`,
  codeChallenge: createHash("sha256").update(codeVerifier).digest("base64url"),
  client: null,
  nonce: null,
});
export const codeVerifier = "a".repeat(43);

export type Services = ReturnType<typeof openServices>;

/** What a tenant has one of, or what looks as if it were a tenant's. */
export interface Things {
  readonly accountId: string;
  readonly email: { readonly address: string; readonly key: string };
  readonly role: string;
  readonly sessionId: string;
  readonly grantId: string;
  readonly refreshToken: string;
  readonly code: string;
  readonly invitationId: string;
  readonly invitationToken: string;
  readonly keyId: string;
  /** A key's text, of the right ids and with a guessed secret. */
  readonly guessedKey: string;
}

/** A tenant with an owner and one of everything. */
export async function settle(
  fixture: IdentityFixture,
  services: Services,
  tenant: Tenant,
): Promise<Things & { readonly owner: Account; readonly sessionToken: string }> {
  const { slug } = tenant;
  const owner = await fixture.person(`${slug}-owner`);
  const by = { accountId: owner.id, caller };
  await services.members.admit(tenant, { accountId: owner.id, role: "owner" }, caller);
  const role = `${slug}-auditors`;
  await services.tenantRoles.save(tenant, { name: role, permissions: ["projects:read"] }, by);
  const started = await services.sessions.start({ accountId: owner.id, methods: ["pwd"] }, caller);
  const { session, token: sessionToken } = started!;
  const start = { tenantId: tenant.id, accountId: owner.id, sessionId: session.id, ...device };
  const { grant, refreshToken } = await services.grants.start(start);
  const code = await services.authorizationCodes.issue({ ...codeRequest(tenant), session }, caller);
  const guest = { address: `${slug}-guest@example.test`, key: `${slug}-guest@example.test` };
  const invited = await services.invitations.invite(tenant, { email: guest, role }, by);
  const newKey = { name: `${slug} import`, permissions: ["projects:read"] };
  const { key } = await services.apiKeys.create(tenant, newKey, by);
  await services.emailTokens.issue(owner, "verify-email");
  return {
    owner,
    sessionToken,
    accountId: owner.id,
    email: { address: owner.email, key: owner.emailKey },
    role,
    sessionId: session.id,
    grantId: grant.grantId,
    refreshToken,
    code,
    invitationId: invited.invitation.id,
    invitationToken: invited.token,
    keyId: key.id,
    guessedKey: newKeyText(tenant.id, key.id).text,
  };
}

/** The like of a tenant's things, of which none ever was. */
export function neverWere(): Things {
  const [tenantId, grantId, keyId] = [newUuid(), newUuid(), newUuid()];
  const address = `${newUuid()}@example.test`;
  return {
    accountId: newUuid(),
    email: { address, key: address },
    role: "nobodys-role",
    sessionId: newUuid(),
    grantId,
    refreshToken: writeRefreshToken({ tenantId, grantId, generation: 1, mac: Buffer.alloc(32) }),
    code: newOpaqueToken().token,
    invitationId: newUuid(),
    invitationToken: newOpaqueToken().token,
    keyId,
    guessedKey: newKeyText(tenantId, keyId).text,
  };
}

/** Every row of a tenant's and of its people's, in every table that has such rows. */
export async function everythingOf(
  { admin }: IdentityFixture,
  tenantId: string,
  accountId: string,
): Promise<readonly (readonly [table: string, rows: readonly unknown[]])[]> {
  const tables = await admin<{ name: string; columns: string[] }>(
    `select c.relname as name, array_agg(a.attname::text) as columns
     from pg_class c join pg_attribute a on a.attrelid = c.oid and a.attnum > 0
     where c.relnamespace = 'tenantry'::regnamespace and c.relkind in ('r', 'p') and c.relname <> 'seal_key'
     group by c.relname order by 1`,
  );
  const found: [string, readonly unknown[]][] = [];
  for (const { name, columns } of tables) {
    const has = (column: string) => columns.includes(column);
    const conditions = [
      has("tenant_id") || name === "tenant" ? `${name === "tenant" ? "id" : "tenant_id"} = $1` : "",
      has("account_id") || name === "account"
        ? `${name === "account" ? "id" : "account_id"} = $2`
        : "",
    ].filter((condition) => condition !== "");
    if (conditions.length === 0) continue;
    const rows = await admin<{ row: object }>(
      `select to_jsonb(t) as row from tenantry.${name} t
       where ${conditions.join(" or ")} and $1::uuid is distinct from $2::uuid order by to_jsonb(t)::text`,
      [tenantId, accountId],
    );
    found.push([name, rows]);
  }
  return found;
}
