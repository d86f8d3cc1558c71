import type { Account } from "../../src/identity/account/account.js";
import type { Tenant } from "../../src/core/tenant.js";
import { caller, type IdentityFixture } from "../identity/support/identity-fixture.js";
import { openServices, type IdentityCode, type Services } from "../identity/support/two-tenants.js";
import type { SourceCopies } from "./source-copy.js";

/** The services under test, and sound ones over the same database. */
export interface IdentityWorld extends Services {
  readonly fixture: IdentityFixture;
  readonly sound: Services;
  /** The services under test, over a database that something was put in front of. */
  over(database: IdentityFixture["database"]): Services;
  /** A new tenant with three members. */
  found(): Promise<Found>;
  signIn(account: Account): Promise<{ readonly id: string; readonly token: string }>;
}

export interface Found {
  readonly tenant: Tenant;
  readonly owner: Account;
  readonly admin: Account;
  readonly member: Account;
}

/** A fault in a copy of the sources; the file is below `src/identity`. */
export type IdentityMutantRow = readonly [
  name: string,
  file: string,
  find: string,
  replacement: string,
  killedBy: string,
];

/** A probe throws where the services do not what they should. */
export type IdentityProbe = (world: IdentityWorld) => Promise<void>;

export const by = ({ id }: Account) => ({ accountId: id, caller });

let slugs = 0;

export function worldOf(fixture: IdentityFixture, code?: Partial<IdentityCode>): IdentityWorld {
  const sound = openServices(fixture);
  const over = (database: IdentityFixture["database"]) =>
    openServices({ ...fixture, database }, code);
  return {
    ...over(fixture.database),
    fixture,
    sound,
    over,
    async found() {
      const slug = `w${(slugs += 1)}`;
      const tenant = await fixture.tenantry.tenants.create({ slug, name: slug });
      const person = async (role: string) => {
        const account = await fixture.person(role);
        await sound.members.admit(tenant, { accountId: account.id, role }, caller);
        return account;
      };
      const owner = await person("owner");
      return { tenant, owner, admin: await person("admin"), member: await person("member") };
    },
    async signIn({ id: accountId }) {
      const started = await sound.sessions.start({ accountId, methods: ["pwd"] }, caller);
      return { id: started!.session.id, token: started!.token };
    },
  };
}

/** What a copy needs of the sources, and what it shares with all others. */
export const copiedParts = [
  "identity/account",
  "identity/api-key",
  "identity/exchange",
  "identity/invitation",
  "identity/membership",
  "identity/session",
  "identity/opaque-token.ts",
  "identity/caller.ts",
];
export const sharedParts = ["core"];

const accounts = "account/accounts.ts";
const emailTokens = "account/email-tokens.ts";
const sessions = "session/sessions.ts";
const invitations = "invitation/invitations.ts";
const apiKeys = "api-key/api-keys.ts";
/** By the folder or file that has the fault: the modules that are read anew, since they import it. */
const concerned: Readonly<Record<string, readonly string[]>> = {
  account: [accounts, emailTokens],
  session: [sessions],
  "opaque-token.ts": [sessions],
  exchange: ["exchange/exchange.ts"],
  invitation: [invitations],
  "api-key": [apiKeys],
  membership: [
    "membership/members.ts",
    "membership/roles.ts",
    "membership/tenant-roles.ts",
    invitations,
  ],
};

/** @param file with the fault, below `src/identity` */
export async function importCode(
  load: Awaited<ReturnType<SourceCopies["copy"]>>,
  file: string,
): Promise<Partial<IdentityCode>> {
  const modules = concerned[file.split("/")[0]!]!.map((name) =>
    load<Partial<IdentityCode>>(`identity/${name}`),
  );
  return Object.assign({}, ...(await Promise.all(modules))) as Partial<IdentityCode>;
}
