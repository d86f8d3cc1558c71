import { randomBytes } from "node:crypto";
import pg from "pg";
import type { TenantryEvent } from "../../core/event.js";
import { createKeyRing } from "../../core/seal/key-ring.js";
import { newUuid } from "../../core/uuid.js";
import { createStage, type Rows, type Stage } from "../../../test/database/support/stage.js";
import type { TestServer } from "../../../test/support/servers.js";
import { openIdentityDatabase } from "../identity-database.js";
import { createRoles } from "../membership/roles.js";
import type { GrantDatabase, Grants, RefreshContext, Reuse } from "./contract.js";
import * as sources from "./index.js";

/** An account with a session, and a membership in tenant A. */
export interface Person {
  readonly accountId: string;
  readonly sessionId: string;
}

export const device = { client: null, address: "192.0.2.7", userAgent: "a browser" } as const;
export const day = 86_400_000;
export const roles = createRoles({
  permissions: ["projects:read", "billing:write", "everything:do"],
  roles: { member: ["projects:read"] },
});
/** What a member may, by that and by identity. */
export const membersPermissions = ["members:read", "projects:read"];

export interface GrantStage {
  readonly stage: Stage;
  readonly grants: Grants;
  readonly database: GrantDatabase;
  readonly events: TenantryEvent[];
  readonly reuses: Reuse[];
  /** What `now` says: milliseconds since the epoch. Moved by the tests. */
  readonly clock: { now: number };
  /** Statements sent since it was last set. */
  readonly sent: { count: number };
  /** Of tenant A. */
  readonly context: RefreshContext;
  addPerson(role?: string): Promise<Person>;
  /** A new person's grant in A. */
  begin(role?: string): Promise<Person & { grantId: string; token: string }>;
  /** Grants over the same database, otherwise made. */
  open(options?: Partial<sources.GrantsOptions>): Grants;
  grantRow(grantId: string): Promise<Rows[number]>;
  /** What the tenant's events say of a grant, oldest first. */
  eventsOf(grantId: string): Promise<Rows>;
  /** The same place, with grants made by a copy of the sources, which may have a fault. */
  madeBy(code: GrantCode): GrantStage;
  close(): Promise<void>;
}

export type GrantCode = Pick<typeof sources, "createGrants" | "createGrantDatabase">;

export async function openGrantStage(server: TestServer): Promise<GrantStage> {
  const stage = await createStage(server);
  const events: TenantryEvent[] = [];
  const reuses: Reuse[] = [];
  const clock = { now: Date.now() };
  const sent = { count: 0 };
  const opened = openIdentityDatabase({
    url: stage.database.identityUrl,
    defaultPg: pg,
    keys: stage.keys,
    events: (event) => void events.push(event),
  });
  async function addPerson(role = "member"): Promise<Person> {
    const [accountId, sessionId] = [newUuid(), newUuid()];
    const email = `${accountId}@example.com`;
    await stage.admin("insert into tenantry.account (id, email, email_key) values ($1, $2, $2)", [
      accountId,
      email,
    ]);
    await stage.admin(
      `insert into tenantry.session (id, account_id, token_hash, methods, authenticated_at, seen_at, idle_expires_at, expires_at)
       values ($1, $2, $3, '{pwd}', $4::timestamptz, $4, $4::timestamptz + interval '60 days', $4::timestamptz + interval '90 days')`,
      [sessionId, accountId, randomBytes(32), new Date(clock.now)],
    );
    await stage.admin(
      "insert into tenantry.membership (tenant_id, account_id, role, version) values ($1, $2, $3, 0)",
      [stage.a.id, accountId, role],
    );
    return { accountId, sessionId };
  }

  function worldOf(code: GrantCode): GrantStage {
    const plain = code.createGrantDatabase(opened, stage.tenantry.tenants);
    const database: GrantDatabase = {
      query(...given) {
        sent.count += 1;
        return plain.query(...given);
      },
    };
    const open: GrantStage["open"] = (options = {}) =>
      code.createGrants({
        database,
        keys: createKeyRing(stage.database.secret),
        events: (event) => void events.push(event),
        now: () => clock.now,
        roles,
        onReuse: (reuse) => void reuses.push(reuse),
        ...options,
      });
    const grants = open();

    return {
      stage,
      grants,
      database,
      events,
      reuses,
      clock,
      sent,
      context: { tenantId: stage.a.id, ...device },
      addPerson,
      async begin(role) {
        const person = await addPerson(role);
        const options = { tenantId: stage.a.id, ...person, ...device };
        const { grant, refreshToken } = await grants.start(options);
        return { ...person, grantId: grant.grantId, token: refreshToken };
      },
      open,
      grantRow: async (grantId) =>
        (await stage.admin("select * from tenantry.tenant_grant where id = $1", [grantId]))[0]!,
      eventsOf: (grantId) =>
        stage.admin(
          "select type, outcome, reason, detail, address, account_id from tenantry.identity_event where detail ->> 'grantId' = $1 order by id",
          [grantId],
        ),
      madeBy: worldOf,
      async close() {
        await opened.close();
        await stage.close();
      },
    };
  }
  return worldOf(sources);
}
