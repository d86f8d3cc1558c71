import { isTenantryError, type Tenantry } from "tenantry";
import { parseEmailAddress, type Account, type Caller, type Outbox } from "tenantry/identity";
import type { TrackerIdentity } from "../identity/open-identity.js";
import { demoAccounts, type DemoAccount } from "./accounts.js";

const caller: Caller = { address: null, userAgent: "the tracker's seed" };

/**
 * Makes the demo's accounts and members where they never were. One that was changed or removed since
 * stays as it is.
 */
export async function seedAccounts(
  tenantry: Tenantry,
  identity: TrackerIdentity,
  outbox: Outbox,
): Promise<void> {
  for (const demo of demoAccounts) {
    const account = await ensureAccount(identity, outbox, demo);
    for (const [slug, role] of Object.entries(demo.roles)) {
      const tenant = await tenantry.tenants.find({ by: "slug", value: slug });
      if (tenant === null || (await identity.members.find(tenant, account.id)) !== null) continue;
      await identity.members.admit(tenant, { accountId: account.id, role }, caller);
    }
  }
}

/** By the way that everyone takes: signs up, and follows the link of the letter. */
async function ensureAccount(
  { accounts, signIn }: TrackerIdentity,
  outbox: Outbox,
  { email, password }: DemoAccount,
): Promise<Account> {
  for (let attempt = 1; ; attempt++) {
    const known = await accounts.findByEmail(parseEmailAddress(email).key);
    if (known !== null && known.emailVerifiedAt !== null) return known;
    await signIn.signUp({ email, password }, caller);
    try {
      return await signIn.verifyEmail(tokenOfLetter(outbox, email), caller);
    } catch (error) {
      // Another process that starts at the same moment asked for a link of its own.
      if (attempt === 5 || !isTenantryError(error, "LINK_INVALID")) throw error;
    }
  }
}

function tokenOfLetter(outbox: Outbox, email: string): string | undefined {
  const letter = outbox
    .messages()
    .findLast(({ to, kind }) => to === email && kind === "verify-email");
  return /#token=([\w-]+)/.exec(letter?.text ?? "")?.[1];
}
