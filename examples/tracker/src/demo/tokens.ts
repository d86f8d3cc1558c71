import { isTenantryError, type Tenantry } from "tenantry";
import { parseEmailAddress, type Caller } from "tenantry/identity";
import type { TrackerIdentity } from "../identity/open-identity.js";
import type { DemoAccount } from "../seed/accounts.js";

/** What a thief would have: access tokens of the demo's accounts. */
export interface DemoTokens {
  /** One in force, good for ten minutes at least; null where the account may not enter any more. */
  of(account: DemoAccount, tenantSlug: string): Promise<string | null>;
}

const caller: Caller = { address: null, userAgent: "the tracker's attack panel" };

/** Milliseconds that a token is given out for: a third of its life. */
const givenFor = 300_000;

/** Signs the accounts in by identity itself, each once, and lets them enter. */
export function openDemoTokens(tenantry: Tenantry, identity: TrackerIdentity): DemoTokens {
  const sessions = new Map<string, string>();
  const kept = new Map<string, { readonly token: string; readonly until: number }>();

  async function sessionOf({ email }: DemoAccount): Promise<string | null> {
    const known = sessions.get(email);
    if (known !== undefined && (await identity.sessions.find(known)) !== null) return known;
    const account = await identity.accounts.findByEmail(parseEmailAddress(email).key);
    if (account === null) return null;
    await endEarlier(identity, account.id);
    const started = await identity.sessions.start(
      { accountId: account.id, methods: ["demo"] },
      caller,
    );
    if (started !== null) sessions.set(email, started.token);
    return started?.token ?? null;
  }

  async function enter(account: DemoAccount, slug: string): Promise<string | null> {
    const session = await sessionOf(account);
    const tenant = await tenantry.tenants.find({ by: "slug", value: slug });
    if (session === null || tenant === null) return null;
    try {
      const device = { ...caller, client: null };
      return (await identity.exchange.enter(session, tenant, device)).accessToken;
    } catch (error) {
      if (isTenantryError(error, "GRANT_REFUSED")) return null;
      throw error;
    }
  }

  return {
    async of(account, slug) {
      const name = `${account.email} ${slug}`;
      const known = kept.get(name);
      if (known !== undefined && Date.now() < known.until && (await isGood(identity, known.token)))
        return known.token;
      const token = await enter(account, slug);
      if (token !== null) kept.set(name, { token, until: Date.now() + givenFor });
      return token;
    },
  };
}

/** A process that was killed left its session behind. */
async function endEarlier(
  { sessions, revocation }: TrackerIdentity,
  accountId: string,
): Promise<void> {
  for (const { id, userAgent } of await sessions.list(accountId)) {
    if (userAgent !== caller.userAgent) continue;
    await revocation.endSession(accountId, id, "signed-out", caller);
  }
}

/** Its role, or its session, may have gone since. */
async function isGood({ verifier, authority }: TrackerIdentity, token: string): Promise<boolean> {
  try {
    await authority.assertCurrent(await verifier.verify(token));
    return true;
  } catch (error) {
    if (isTenantryError(error)) return false;
    throw error;
  }
}
