import {
  hashOf,
  outcome,
  refusal,
  type CodeStage,
  type Issued,
} from "../identity/support/code-stage.js";
import { caller } from "../identity/support/identity-fixture.js";
import type { AuthorizationCopy } from "./authorization-probes.js";

type Probe = (copy: AuthorizationCopy) => Promise<boolean>;

const refusedAs = "AUTHORIZATION_CODE_INVALID";
const other = "A".repeat(43);

const live = async (stage: CodeStage, { person }: Pick<Issued, "person">) =>
  (await stage.grantsOf(person)).filter((row) => row["ended_at"] === null).length;

/** Whether a new code is refused with these changes, for that reason. */
async function refuses(
  stage: CodeStage,
  changes: object,
  because: string,
  client: string | null = null,
): Promise<boolean> {
  const { redemption } = await stage.issue({ client });
  // What the database throws at is no refusal.
  const answer = await stage.redeem({ ...redemption, ...changes }).catch(() => "failed");
  return answer === refusedAs && stage.lastReason() === because;
}

async function isGood(stage: CodeStage): Promise<boolean> {
  return (await stage.redeem((await stage.issue()).redemption)) === "done";
}

const lose = ({ world }: CodeStage, table: string, change: string, id: string) =>
  world.stage.admin(
    `update tenantry.${table} set ${change} where ${table === "account" ? "id" : "account_id"} = $1`,
    [id],
  );

async function whileSuspended<T>({ world }: CodeStage, work: () => Promise<T>): Promise<T> {
  const { a, tenantry } = world.stage;
  await tenantry.tenants.suspend(a.id);
  try {
    return await work();
  } finally {
    await tenantry.tenants.reactivate(a.id);
  }
}

/** Each is true where the copy does what it should. */
export const authorizationCodeProbes: Readonly<Record<string, Probe>> = {
  async "only-who-may-is-given-a-code"({ stage }) {
    for (const [table, change] of [
      ["account", "status = 'disabled'"],
      ["membership", "status = 'suspended'"],
      ["session", "ended_at = now(), ended_because = 'x'"],
      ["session", "expires_at = seen_at"],
    ] as const) {
      const { request, person } = await stage.request();
      await lose(stage, table, change, person.accountId);
      if ((await outcome(stage.codes.issue(request, caller))) !== "GRANT_REFUSED") return false;
    }
    return isGood(stage);
  },

  async "a-second-use-ends-the-grant"({ stage }) {
    const issued = await stage.issue();
    const first = await stage.redeem(issued.redemption);
    const second = await stage.redeem({ ...issued.redemption, codeVerifier: other });
    const third = await stage.redeem(issued.redemption);
    if (first !== "done" || second !== refusedAs || third !== refusedAs) return false;
    const again = await stage.issue();
    await stage.redeem(again.redemption);
    await stage.redeem(again.redemption);
    return (await live(stage, issued)) === 0 && (await live(stage, again)) === 0;
  },

  async "a-second-use-ends-its-grant-alone"({ stage }) {
    const [mine, others] = [await stage.issue(), await stage.issue()];
    for (const { redemption } of [others, mine, mine]) await stage.redeem(redemption);
    return (await live(stage, others)) === 1;
  },

  async "uses-at-once-are-told-apart"({ stage }) {
    const issued = await stage.issue();
    const outcomes = await stage.redeemAtOnce(issued.redemption, 2);
    return outcomes.includes(refusedAs) && (await live(stage, issued)) === 0;
  },

  async "an-early-second-use-takes-the-grant"({ stage }) {
    const issued = await stage.issue();
    const { grants } = stage.world;
    const overtaken = stage.open({
      grants: {
        end: grants.end,
        async start(options) {
          const granted = await grants.start(options);
          await stage.redeem(issued.redemption);
          return granted;
        },
      },
    });
    const answer = await stage.redeem(issued.redemption, overtaken);
    return answer === refusedAs && (await live(stage, issued)) === 0;
  },

  async "a-code-has-its-minute"({ stage }) {
    const { code, redemption } = await stage.issue();
    await stage.age(code, 61);
    return (await stage.redeem(redemption)) === refusedAs && stage.lastReason() === "expired";
  },

  async "a-wrong-guess-uses-the-code-up"({ stage }) {
    for (const changes of [{ codeVerifier: other }, { client: "x" }, { redirectUri: "x" }]) {
      const { redemption } = await stage.issue();
      await stage.redeem({ ...redemption, ...changes });
      if ((await stage.redeem(redemption)) === "done") return false;
    }
    return true;
  },

  async "a-code-is-for-its-redirect-uri"({ stage }) {
    const redirectUri = "https://beta.app.example.com/auth/callback";
    return refuses(stage, { redirectUri }, "other-redirect-uri");
  },

  async "a-code-is-for-its-client"({ stage }) {
    return (
      (await refuses(stage, { client: "x" }, "other-client")) &&
      (await refuses(stage, { client: null }, "other-client", "a client")) &&
      (await refuses(stage, { client: "x" }, "other-client", "a client"))
    );
  },

  async "a-code-is-for-its-verifier"({ stage }) {
    const { request } = await stage.request();
    const challenge = request.codeChallenge;
    const code = await stage.codes.issue(request, caller);
    const { tenant, redirectUri, client } = request;
    // What went through the browser's address bar is not what is asked for.
    const stolen = { tenant, code, redirectUri, client, codeVerifier: challenge };
    return (
      (await stage.redeem(stolen)) === refusedAs &&
      (await refuses(stage, { codeVerifier: other }, "wrong-verifier")) &&
      (await refuses(stage, { codeVerifier: undefined }, "wrong-verifier")) &&
      (await isGood(stage))
    );
  },

  async "odd-text-is-refused"({ stage }) {
    return (
      (await refuses(stage, { redirectUri: "\0" }, "other-redirect-uri")) &&
      (await refuses(stage, { client: "\0" }, "other-client"))
    );
  },

  async "a-suspended-tenant-gives-no-codes"({ stage }) {
    const { redemption } = await stage.issue();
    const { request } = await stage.request();
    return whileSuspended(
      stage,
      async () =>
        (await outcome(stage.codes.issue(request, caller))) === "GRANT_REFUSED" &&
        (await stage.redeem(redemption)) === refusedAs,
    );
  },

  async "what-is-asked-for-is-looked-at"({ stage }) {
    const { request } = await stage.request({ codeChallenge: "plain" });
    const asked = outcome(stage.codes.issue(request, caller)).catch(() => "failed");
    return (await asked) === "CONFIG_INVALID";
  },

  async "a-code-is-kept-as-a-hash"({ stage }) {
    const { request, person } = await stage.request();
    const code = await stage.codes.issue(request, caller);
    const rows = await stage.world.stage.admin(
      "select code_hash from tenantry.authorization_code where account_id = $1",
      [person.accountId],
    );
    return (rows[0]!["code_hash"] as Buffer).equals(hashOf(code));
  },

  async "refused-codes-are-alike"({ stage }) {
    const messages = new Set<string>();
    for (const changes of [{ codeVerifier: other }, { client: "x" }, { code: other }]) {
      const { redemption } = await stage.issue();
      const error = await refusal(stage.codes.redeem({ ...redemption, ...changes }, caller));
      messages.add(error.message);
    }
    return messages.size === 1;
  },

  async "a-code-in-the-wrong-hands-is-an-alert"({ stage }) {
    const { redemption } = await stage.issue();
    await stage.redeem(redemption);
    await stage.redeem(redemption);
    return stage.world.events.at(-1)?.severity === "security";
  },

  async "what-becomes-of-a-code-is-written-down"({ stage }) {
    const { redemption, person } = await stage.issue();
    await stage.redeem(redemption);
    await stage.redeem(redemption);
    const types = (await stage.eventsOf(person)).map(({ type }) => type);
    return (
      types.join() ===
      ["issued", "redeemed", "refused"].map((x) => `authorization-code.${x}`).join()
    );
  },

  async "events-do-not-grow-with-tries"({ stage }) {
    const { redemption, person } = await stage.issue();
    for (let tries = 0; tries < 6; tries += 1) await stage.redeem(redemption);
    return (await stage.eventsOf(person)).length === 3;
  },

  async "old-codes-go"({ stage }) {
    const { code } = await stage.issue();
    await stage.age(code, 25 * 3600);
    await stage.issue();
    return (await stage.codeRow(code)) === undefined;
  },

  async "a-used-code-is-remembered"({ stage }) {
    const issued = await stage.issue();
    await stage.redeem(issued.redemption);
    await stage.age(issued.code, 12 * 3600);
    await stage.issue();
    await stage.redeem(issued.redemption);
    return (await live(stage, issued)) === 0;
  },
};
