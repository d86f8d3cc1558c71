import { createKeyRing } from "../../src/core/seal/key-ring.js";
import type { EndTarget, GrantDatabase, RefreshResult } from "../../src/identity/grant/contract.js";
import { day, device, type GrantStage } from "../../src/identity/grant/grant.test-support.js";

type Begun = Awaited<ReturnType<GrantStage["begin"]>>;
type Probe = (world: GrantStage) => Promise<boolean>;

const tokenOf = (result: RefreshResult) =>
  result.outcome === "refused" ? "" : result.refreshToken;
const use = async ({ grants, context }: GrantStage, token: string) =>
  (await grants.refresh(token, context)).outcome;
const isRefused = async (world: GrantStage, token: string) =>
  (await use(world, token)) === "refused";
const endedBecause = async ({ grantRow }: GrantStage, { grantId }: Begun) =>
  (await grantRow(grantId))["ended_because"];

/** Changes the bytes of a token from `at` on. */
function rewrite(token: string, at: number, bytes: Buffer): string {
  const all = Buffer.from(token, "base64url");
  bytes.copy(all, at);
  return all.toString("base64url");
}
const idBytes = (id: string) => Buffer.from(id.replaceAll("-", ""), "hex");
const set = ({ stage }: GrantStage, table: string, change: string, key: string, id: string) =>
  stage.admin(`update tenantry.${table} set ${change} where ${key} = $1`, [id]);
const membership = (world: GrantStage, { accountId }: Begun, status: string) =>
  set(world, "membership", `status = '${status}'`, "account_id", accountId);

/** Refused, and the row as it was but for its end. */
async function refusesSession(world: GrantStage, change: string): Promise<boolean> {
  const begun = await world.begin();
  await set(world, "session", change, "id", begun.sessionId);
  return isRefused(world, begun.token);
}

async function starts(world: GrantStage, person: object): Promise<boolean> {
  const ids = { accountId: "", sessionId: "", ...person };
  const options = { tenantId: world.stage.a.id, ...ids, ...device };
  return world.grants.start(options).then(
    () => true,
    () => false,
  );
}

/** Whoever reads waits until all have read: the closest race there can be, every time. */
function readTogether(database: GrantDatabase, readers: number): GrantDatabase {
  let [sent, read] = [0, 0];
  let release = (): void => undefined;
  const all = new Promise<void>((resolve) => (release = resolve));
  return {
    async query<R>(...given: Parameters<GrantDatabase["query"]>) {
      const isReader = (sent += 1) <= readers;
      const result = await database.query<R>(...given);
      if (isReader && (read += 1) === readers) release();
      await all;
      return result;
    },
  };
}

/** Each is true where the copy does what it should. */
export const grantProbes: Readonly<Record<string, Probe>> = {
  async "many-at-once-get-one-successor"({ context, begin, open, database }) {
    let { token } = await begin();
    for (let round = 0; round < 3; round++) {
      const grants = open({ database: readTogether(database, 5) });
      const results = await Promise.all(
        Array.from({ length: 5 }, () => grants.refresh(token, context)),
      );
      const texts = new Set(results.map(tokenOf));
      const rotated = results.filter(({ outcome }) => outcome === "rotated");
      if (texts.size !== 1 || rotated.length !== 1) return false;
      [token] = [...texts] as [string];
    }
    return token !== "";
  },

  async "an-end-overtakes-a-refresh"({ begin, open, database, context, stage }) {
    const { token, grantId } = await begin();
    let statements = 0;
    const overtaken: GrantDatabase = {
      async query(...given) {
        if ((statements += 1) === 2) {
          const text =
            "update tenantry.tenant_grant set ended_at = now(), ended_because = 'x' where id = $1";
          await stage.admin(text, [grantId]);
        }
        return database.query(...given);
      },
    };
    const result = await open({ database: overtaken }).refresh(token, context);
    return result.outcome === "refused";
  },

  async "nothing-ended-comes-back"(world) {
    const { grants, context, begin, stage } = world;
    const begun = await begin();
    await grants.refresh(begun.token, context);
    await grants.end(stage.a.id, { grantId: begun.grantId }, "first");
    await grants.end(stage.a.id, { grantId: begun.grantId }, "second");
    return (await isRefused(world, begun.token)) && (await endedBecause(world, begun)) === "first";
  },

  async "a-late-parent-ends-the-grant"(world) {
    const begun = await world.begin();
    const newest = tokenOf(await world.grants.refresh(begun.token, world.context));
    world.clock.now += 30_001;
    const refused = await isRefused(world, begun.token);
    return (
      refused && (await endedBecause(world, begun)) === "reuse" && (await isRefused(world, newest))
    );
  },

  async "a-lost-answer-is-given-again"({ begin, grants, context, clock }) {
    const { token } = await begin();
    const lost = tokenOf(await grants.refresh(token, context));
    clock.now += 30_000;
    return tokenOf(await grants.refresh(token, context)) === lost;
  },

  async "a-grandparent-ends-the-grant"(world) {
    const begun = await world.begin();
    const parent = tokenOf(await world.grants.refresh(begun.token, world.context));
    await world.grants.refresh(parent, world.context);
    return (await isRefused(world, begun.token)) && (await endedBecause(world, begun)) === "reuse";
  },

  async "the-end-of-a-grant-stays-where-it-is"(world) {
    let { token } = await world.begin();
    for (let week = 0; week < 4; week++) {
      world.clock.now += 7 * day;
      token = tokenOf(await world.grants.refresh(token, world.context));
    }
    world.clock.now += 2 * day;
    return token !== "" && (await isRefused(world, token));
  },

  async "a-token-is-for-its-seed"(world) {
    const { token, grantId } = await world.begin();
    await set(world, "tenant_grant", "seed = sha256(seed)", "id", grantId);
    return isRefused(world, token);
  },

  async "a-token-is-for-its-tenant"({ begin, stage, grants, grantRow }) {
    const { token, grantId, accountId } = await begin();
    const tenant = stage.b.id;
    await stage.admin("insert into tenantry.membership values ($1, $2, 'member', 'active', 0)", [
      tenant,
      accountId,
    ]);
    const { seed, session_id: session } = await grantRow(grantId);
    await stage.admin(
      "insert into tenantry.tenant_grant (tenant_id, id, account_id, session_id, seed, expires_at) values ($1, $2, $3, $4, $5, now() + interval '90 days')",
      [tenant, grantId, accountId, session, seed],
    );
    const moved = rewrite(token, 1, idBytes(tenant));
    const { outcome } = await grants.refresh(moved, { tenantId: tenant, ...device });
    return outcome === "refused";
  },

  async "a-token-is-for-its-grant"(world) {
    const [one, other] = [await world.begin(), await world.begin()];
    const { seed } = await world.grantRow(one.grantId);
    await world.stage.admin("update tenantry.tenant_grant set seed = $2 where id = $1", [
      other.grantId,
      seed,
    ]);
    return isRefused(world, rewrite(one.token, 17, idBytes(other.grantId)));
  },

  async "a-token-is-for-its-generation"(world) {
    const { token } = await world.begin();
    await world.grants.refresh(token, world.context);
    world.clock.now += 60_000;
    return isRefused(world, rewrite(token, 33, Buffer.of(0, 0, 0, 2)));
  },

  async "a-guesser-ends-nothing"(world) {
    const begun = await world.begin();
    const newest = tokenOf(await world.grants.refresh(begun.token, world.context));
    world.clock.now += 60_000;
    const forged = rewrite(begun.token, 37, Buffer.alloc(32));
    return (await isRefused(world, forged)) && (await use(world, newest)) === "rotated";
  },

  async "a-new-secret-logs-nobody-out"({ begin, open, stage, context }) {
    const { token } = await begin();
    const fresh = "another secret of thirty-two bytes and more";
    const keys = createKeyRing([fresh, stage.database.secret]);
    return (await open({ keys }).refresh(token, context)).outcome === "rotated";
  },

  async "a-token-has-one-spelling"(world) {
    const { token } = await world.begin();
    return (await isRefused(world, `${token}=`)) && (await use(world, token)) === "rotated";
  },

  async "another-tenants-name-changes-nothing"({ begin, grants, stage, grantRow }) {
    const { token, grantId } = await begin();
    const { outcome } = await grants.refresh(token, { tenantId: stage.b.id, ...device });
    return outcome === "refused" && (await grantRow(grantId))["generation"] === 1;
  },

  async "a-token-is-for-its-client"({ begin, grants, context }) {
    const { token } = await begin();
    const result = await grants.refresh(token, { ...context, client: "another" });
    return result.outcome === "refused";
  },

  async "a-suspended-tenant-gets-nothing"(world) {
    const { stage, begin } = world;
    const begun = await begin();
    await stage.tenantry.tenants.suspend(stage.a.id);
    const nothing = (await isRefused(world, begun.token)) && !(await starts(world, begun));
    await stage.tenantry.tenants.reactivate(stage.a.id);
    return nothing && (await use(world, begun.token)) === "rotated";
  },

  async "a-removed-member-is-refused-for-good"(world) {
    const begun = await world.begin();
    await membership(world, begun, "removed");
    const first = await isRefused(world, begun.token);
    await membership(world, begun, "active");
    return first && (await isRefused(world, begun.token));
  },

  async "a-suspended-member-comes-back"(world) {
    const begun = await world.begin();
    await membership(world, begun, "suspended");
    const first = await isRefused(world, begun.token);
    await membership(world, begun, "active");
    return first && (await use(world, begun.token)) === "rotated";
  },

  async "a-disabled-account-is-refused"(world) {
    const { token, accountId } = await world.begin();
    await set(world, "account", "status = 'disabled'", "id", accountId);
    return isRefused(world, token);
  },

  "a-session-that-is-over-is-refused": async (world) =>
    (await refusesSession(world, "ended_at = now(), ended_because = 'x'")) &&
    (await refusesSession(world, "expires_at = seen_at")) &&
    (await refusesSession(world, "idle_expires_at = seen_at")),

  async "a-refresh-keeps-its-session-awake"(world) {
    let { token } = await world.begin();
    for (let i = 0; i < 2; i++) {
      world.clock.now += 14 * day;
      token = tokenOf(await world.grants.refresh(token, world.context));
      await world.stage.admin(
        "update tenantry.session set idle_expires_at = seen_at + interval '15 days' where idle_expires_at > seen_at + interval '15 days'",
      );
    }
    return token !== "";
  },

  async "only-who-may-is-given-a-grant"(world) {
    const person = await world.addPerson();
    if (!(await starts(world, person))) return false;
    const { sessionId } = await world.addPerson();
    if (await starts(world, { ...person, sessionId })) return false;
    const each = [
      ["session", "ended_at = now(), ended_because = 'x'", "id", "sessionId"],
      ["account", "status = 'disabled'", "id", "accountId"],
      ["membership", "status = 'suspended'", "account_id", "accountId"],
    ] as const;
    for (const [table, change, key, name] of each) {
      const one = await world.addPerson();
      await set(world, table, change, key, one[name]);
      if (await starts(world, one)) return false;
    }
    return true;
  },

  async "permissions-are-of-ones-own-role"(world) {
    const { begin, grants, context, stage } = world;
    const { token, accountId } = await begin();
    await set(world, "membership", "role = 'own'", "account_id", accountId);
    await stage.admin(
      "insert into tenantry.tenant_role values ($1, 'another', '{everything:do}'), ($1, 'own', '{billing:write}')",
      [stage.a.id],
    );
    const result = await grants.refresh(token, context);
    await stage.admin("delete from tenantry.tenant_role where tenant_id = $1", [stage.a.id]);
    return result.outcome === "rotated" && result.grant.permissions.join() === "billing:write";
  },

  async "refusals-are-alike"(world) {
    const { grants, context, begin } = world;
    const begun = await begin();
    await membership(world, begun, "suspended");
    const messages = await Promise.all(
      [begun.token, "no token"].map(async (token) => {
        const result = await grants.refresh(token, context);
        return result.outcome === "refused" ? result.error.message : "";
      }),
    );
    return messages[0] === messages[1] && messages[0] !== "";
  },

  async "an-outage-logs-nobody-out"({ begin, open, context }) {
    const { token } = await begin();
    const failure = new Error("the database is away");
    const database = { query: () => Promise.reject(failure) };
    const outcome = await open({ database })
      .refresh(token, context)
      .catch((error: unknown) => error);
    return outcome === failure;
  },

  async "reuse-is-told-once"({ begin, grants, open, database, context, clock, reuses }) {
    const { token } = await begin();
    await grants.refresh(token, context);
    clock.now += 60_000;
    reuses.splice(0);
    const together = open({ database: readTogether(database, 5) });
    await Promise.all(Array.from({ length: 5 }, () => together.refresh(token, context)));
    return reuses.length === 1;
  },

  async "what-happens-is-written-down"({ begin, grants, context, stage, eventsOf }) {
    const { token, grantId, accountId } = await begin();
    await grants.refresh(token, context);
    await grants.end(stage.a.id, { accountId }, "done");
    const types = (await eventsOf(grantId)).map(({ type }) => type);
    const [ended] = await stage.admin(
      "select count(*)::int as n from tenantry.identity_event where type = 'grant.ended' and account_id = $1",
      [accountId],
    );
    return types.join() === "grant.started,grant.refreshed" && ended?.["n"] === 1;
  },

  async "nothing-said-is-not-all"(world) {
    const { token } = await world.begin();
    const target = { grantId: undefined } as unknown as EndTarget;
    const ended = await world.grants.end(world.stage.a.id, target, "x").then(
      () => true,
      () => false,
    );
    return !ended && (await use(world, token)) === "rotated";
  },
};
