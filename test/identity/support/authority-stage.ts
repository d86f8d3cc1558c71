import pg from "pg";
import type { TenantryEvent } from "../../../src/core/event.js";
import { createKeyRing, type KeyRing } from "../../../src/core/seal/key-ring.js";
import { newUuid } from "../../../src/core/uuid.js";
import * as sources from "../../../src/identity/authority/index.js";
import { openIdentityDatabase } from "../../../src/identity/identity-database.js";
import { createMembers, type By, type Members } from "../../../src/identity/membership/members.js";
import { createRoles } from "../../../src/identity/membership/roles.js";
import type { TestServer } from "../../support/servers.js";
import { until } from "../../support/until.js";
import { caller, openIdentityFixture, type IdentityFixture } from "./identity-fixture.js";

/** What another process would have: connections, feed and memory of its own. */
export interface AuthorityInstance {
  readonly authority: sources.Authority;
  readonly feed: sources.AuthorityFeed;
  readonly events: TenantryEvent[];
  /** Proven announcements, and those that nothing proves, as they came. */
  readonly changes: sources.AuthorityChange[];
  readonly doubts: (sources.AuthorityDoubt | null)[];
  /** Statements sent since it was last set, and answers that the database gave. */
  readonly sent: { count: number; answered: number };
  /** While set, every answer of the database waits for it, after it was given. */
  readonly hold: { answers: ((text: string) => Promise<unknown>) | null };
  /** Whether the token may be used: "current", or the code of the error. */
  verdict(claims: sources.CheckedClaims): Promise<string>;
}

export interface InstanceOptions extends Partial<sources.AuthorityOptions> {
  /** Where the feed, and where the reads connect. Default straight to the server. */
  readonly feedUrl?: string;
  readonly databaseUrl?: string;
  readonly feedOptions?: Partial<sources.AuthorityFeedOptions>;
  /** Default true: wait until the feed is up. */
  readonly up?: boolean;
}

export type AuthorityCode = Pick<typeof sources, "createAuthority" | "createAuthorityFeed">;

export interface AuthorityStage {
  readonly fixture: IdentityFixture;
  readonly keys: KeyRing;
  readonly members: Members;
  /** The owner of acme. */
  readonly by: By;
  instance(options?: InstanceOptions): Promise<AuthorityInstance>;
  /** A new member of acme, and what a token of his would say. */
  member(role?: string): Promise<sources.CheckedClaims>;
  /** What a token that is issued now would say. */
  claimsOf(accountId: string): Promise<sources.CheckedClaims>;
  /** One statement of a login of the application. */
  asApp(text: string): Promise<unknown>;
  /** Sends on the channel as such a login. */
  forge(payload: string): Promise<unknown>;
  /** What passes on the channel while `work` runs. */
  overheard(work: () => Promise<unknown>): Promise<string[]>;
  /** The same place, with authorities made by a copy of the sources, which may have a fault. */
  madeBy(code: AuthorityCode): AuthorityStage;
  closeInstances(): Promise<void>;
  close(): Promise<void>;
}

export async function openAuthorityStage(server: TestServer): Promise<AuthorityStage> {
  const fixture = await openIdentityFixture(server);
  const { test, acme } = fixture;
  const keys = createKeyRing(test.secret);
  const members = createMembers(fixture.database, createRoles());
  const owner = await fixture.person("owner");
  await members.admit(acme, { accountId: owner.id, role: "owner" }, caller);
  const app = new pg.Pool({ connectionString: test.appUrl, max: 2 });
  app.on("error", () => undefined);
  const closing: (() => Promise<unknown>)[] = [];

  function stageOf(code: AuthorityCode): AuthorityStage {
    return {
      fixture,
      keys,
      members,
      by: { accountId: owner.id, caller },
      async instance({ feedUrl, databaseUrl, feedOptions, up = true, ...options } = {}) {
        const made = startInstance(code, fixture, keys, {
          feedUrl: feedUrl ?? test.appUrl,
          databaseUrl: databaseUrl ?? test.identityUrl,
          // A slow machine must not make a feed seem down where a test counts what is read.
          feedOptions: { pingTimeout: 10_000, ...feedOptions },
          options,
        });
        closing.push(made.close);
        if (up) await until(() => made.instance.feed.state === "up");
        return made.instance;
      },
      async member(role = "member") {
        const { id: accountId } = await fixture.person("member");
        await members.admit(acme, { accountId, role }, caller);
        return this.claimsOf(accountId);
      },
      async claimsOf(accountId) {
        const [row] = await fixture.admin<{ mv: string; tv: string }>(
          `select m.version as mv, coalesce((select a.version from tenantry.tenant_authority a where a.tenant_id = $1), 0) as tv
           from tenantry.membership m where m.tenant_id = $1 and m.account_id = $2`,
          [acme.id, accountId],
        );
        const [membershipVersion, tenantVersion] = [Number(row!.mv), Number(row!.tv)];
        const ids = { tenantId: acme.id, accountId, tokenId: newUuid() };
        return { ...ids, membershipVersion, tenantVersion };
      },
      asApp: (text) => app.query(text),
      forge: (payload) => app.query("select pg_notify('tenantry_authority', $1)", [payload]),
      async overheard(work) {
        const listener = new pg.Client({ connectionString: test.appUrl });
        const heard: string[] = [];
        listener.on("notification", ({ payload = "" }) => heard.push(payload));
        await listener.connect();
        await listener.query("listen tenantry_authority");
        await work();
        await until(() => heard.length > 0);
        await listener.end();
        return heard;
      },
      madeBy: stageOf,
      async closeInstances() {
        for (const close of closing.splice(0).reverse()) await close();
      },
      async close() {
        await this.closeInstances();
        await app.end();
        await fixture.close();
      },
    };
  }
  return stageOf(sources);
}

interface Wiring {
  readonly feedUrl: string;
  readonly databaseUrl: string;
  readonly feedOptions: Partial<sources.AuthorityFeedOptions>;
  readonly options: Partial<sources.AuthorityOptions>;
}

function startInstance(
  code: AuthorityCode,
  { tenantry }: IdentityFixture,
  keys: KeyRing,
  { feedUrl, databaseUrl, feedOptions, options }: Wiring,
) {
  const events: TenantryEvent[] = [];
  const onEvent = (event: TenantryEvent) => void events.push(event);
  const opened = openIdentityDatabase({
    url: databaseUrl,
    defaultPg: pg,
    keys,
    events: () => undefined,
    maxConnections: 4,
  });
  const sent = { count: 0, answered: 0 };
  const hold: AuthorityInstance["hold"] = { answers: null };
  const counted = async <T>(text: string, answer: Promise<T>): Promise<T> => {
    sent.count += 1;
    const given = await answer;
    sent.answered += 1;
    await hold.answers?.(text);
    return given;
  };
  const feed = code.createAuthorityFeed({
    newClient: () => new pg.Client({ connectionString: feedUrl }),
    keys,
    onEvent,
    ...feedOptions,
  });
  const [changes, doubts]: [sources.AuthorityChange[], (sources.AuthorityDoubt | null)[]] = [
    [],
    [],
  ];
  const authority = code.createAuthority({
    feed,
    database: {
      query: (text, values) => counted(text, opened.query(text, values)),
      inTenant: (...given) => counted(given[2], opened.inTenant(...given)),
    },
    tenants: tenantry.tenants,
    events: onEvent,
    ...options,
  });
  // After the authority: what is here has been taken in there.
  feed.subscribe({
    changed: (change) => changes.push(change),
    doubted: (doubt) => doubts.push(doubt),
    missed: () => undefined,
  });
  const instance: AuthorityInstance = {
    authority,
    feed,
    events,
    changes,
    doubts,
    sent,
    hold,
    verdict: (claims) =>
      authority.assertCurrent(claims).then(
        () => "current",
        (error: { code?: string; message: string }) => error.code ?? error.message,
      ),
  };
  return {
    instance,
    async close() {
      await authority.close();
      await opened.close();
    },
  };
}
