import type { Tenant } from "tenantry";
import { caller } from "./identity-fixture.js";
import type { Answer, IdentitySite } from "./identity-site.js";

const device = { ...caller, client: null };

/** Somebody with a standing in one tenant, and what he has in hand. */
export interface Member {
  readonly accountId: string;
  readonly email: string;
  readonly tenant: Tenant;
  readonly sessionToken: string;
  readonly accessToken: string;
  readonly refreshToken: string;
}

/** A new member who is signed in, without a page of it. */
export async function memberOf(site: IdentitySite, tenant: Tenant, role: string): Promise<Member> {
  const { id: accountId, email } = await site.person(role, [[tenant, role]]);
  const { sessions, exchange } = site.identity;
  const { token: sessionToken } = (await sessions.start({ accountId, methods: ["pwd"] }, caller))!;
  const { accessToken, refreshToken } = await exchange.enter(sessionToken, tenant, device);
  return { accountId, email, tenant, sessionToken, accessToken, refreshToken };
}

/** What a tenant has that others may reach for. */
export interface Belongings {
  readonly memberId: string;
  readonly invitationId: string;
  readonly keyId: string;
  readonly keyText: string;
  readonly role: string;
}

let roles = 0;

export async function belongingsOf(site: IdentitySite, owner: Member): Promise<Belongings> {
  const { identity } = site;
  const { tenant, accountId } = owner;
  const by = { accountId, caller };
  const { id: memberId } = await site.person("colleague", [[tenant, "member"]]);
  const email = { address: "guest@example.test", key: "guest@example.test" };
  const { invitation } = await identity.invitations.invite(tenant, { email, role: "viewer" }, by);
  const wanted = { name: "robot", permissions: ["projects:read"] };
  const { key, text } = await identity.apiKeys.create(tenant, wanted, by);
  const role = `reviewer-${(roles += 1)}`;
  await identity.tenantRoles.save(tenant, { name: role, permissions: ["projects:read"] }, by);
  return { memberId, invitationId: invitation.id, keyId: key.id, keyText: text, role };
}

/** All that there is of tenants and accounts, but for when something was last seen. */
export async function everything(site: IdentitySite): Promise<unknown> {
  const tables = ["membership", "invitation", "tenant_role", "api_key", "tenant_grant"];
  tables.push("account", "session", "authorization_code");
  const seen = `array['used_at', 'seen_at', 'idle_expires_at', 'rotated_at', 'generation', 'last_seen_at']`;
  const rows = tables.map(
    (table) =>
      `select '${table}' as name, md5(coalesce(string_agg((to_jsonb(t) - ${seen})::text, '' order by (to_jsonb(t) - ${seen})::text), '')) as hash
       from tenantry.${table} t`,
  );
  return site.admin(rows.join(" union all "));
}

/** Status, headers and body: what a client can tell one answer from another by. */
export function bytesOf({ status, headers, text }: Answer): unknown {
  return [status, [...headers], text];
}
