import fc from "fast-check";
import pg from "pg";
import { afterAll, beforeAll, expect, it } from "vitest";
import { classify } from "../../src/database/statement/classify.js";
import { describeOnServers } from "../support/servers.js";
import { createTestDatabase, type TestDatabase } from "../support/databases.js";

/**
 * The classification reads a text as PostgreSQL does, where it matters: what opens or ends a
 * transaction, or changes the session, on the server must not pass for an ordinary statement.
 */
describeOnServers("the classification of a text, beside what PostgreSQL does with it", (server) => {
  let database: TestDatabase;
  let client: pg.Client;

  beforeAll(async () => {
    database = await createTestDatabase(server);
    client = new pg.Client(database.appUrl);
    await client.connect();
  });
  afterAll(async () => {
    await client?.end();
    await database?.drop();
  });

  /** Sends a text as the pool does, in the extended protocol. */
  async function run(text: string): Promise<{ status: string }> {
    const extended = { text, queryMode: "extended" };
    await client.query(extended as pg.QueryConfig).catch(() => undefined);
    await client.query("select 1").catch(() => undefined);
    const { getTransactionStatus } = client as unknown as { getTransactionStatus(): string };
    return { status: getTransactionStatus.call(client) };
  }

  const good = [
    " ",
    "\t",
    "\n",
    "\r",
    "\f",
    "/**/",
    "/* begin */",
    "/*/**/*/",
    "--\n",
    "-- x\r",
    ";",
  ];
  const odd = [
    "\v",
    "(",
    ")",
    ",",
    "=",
    "\u00a0",
    "\ufeff",
    "\u2003",
    "\u0085",
    "\u3000",
    "\0",
    "/*",
    "*/",
  ];
  const odder = ["--\v", "--\u2028", "--", "'", '"', "$$", "U&", "e'", "\\", "x", "_", "ａ"];
  const blank = fc.oneof(
    { arbitrary: fc.constantFrom(...good), weight: 12 },
    { arbitrary: fc.constantFrom(...odd, ...odder), weight: 1 },
  );
  const blanks = fc.array(blank, { maxLength: 4 }).map((parts) => parts.join(""));
  const words = fc.constantFrom(
    ["begin"],
    ["BEGIN", "work"],
    ["start", "transaction"],
    ["Start", "Transaction", "read", "only"],
    ["set", "timezone", "=", "'UTC'"],
    ["listen", "a"],
    ["select", "1"],
    ["savepoint", "x"],
    ["commit"],
  );
  const text = fc
    .tuple(blanks, words, fc.array(blanks, { minLength: 8, maxLength: 8 }))
    .map(
      ([before, parts, between]) =>
        before + parts.map((part, i) => part + (between[i]! || " ")).join(""),
    );

  it("agrees on what opens a transaction", { timeout: 60_000 }, async () => {
    let opened = 0;
    await fc.assert(
      fc.asyncProperty(text, async (given) => {
        const { status } = await run(given);
        if (status !== "I") {
          opened += 1;
          await client.query("rollback");
          expect([given, classify(given).kind]).toEqual([given, "begin"]);
        }
      }),
      { numRuns: 1_500 },
    );
    expect(opened).toBeGreaterThan(100);
  });

  it("agrees on what changes the session", { timeout: 60_000 }, async () => {
    let changed = 0;
    const setting = text.filter((given) => /set|listen/i.test(given));
    await fc.assert(
      fc.asyncProperty(setting, async (given) => {
        await client.query("set timezone = 'Asia/Tokyo'; unlisten *");
        if ((await run(given)).status !== "I") await client.query("rollback");
        const { rows } = await client.query<{ same: boolean }>(
          "select current_setting('timezone') = 'Asia/Tokyo' and not exists (select pg_listening_channels()) as same",
        );
        if (rows[0]!.same) return;
        changed += 1;
        expect([given, classify(given).kind]).toEqual([given, "refused"]);
      }),
      { numRuns: 800 },
    );
    expect(changed).toBeGreaterThan(50);
  });

  it.each([
    "begin\0garbage",
    "\u00a0begin",
    "\ufeffbegin",
    "begin\u00a0work",
    "/* /* */ begin",
    "--\u2028begin",
    "--\u0085begin",
    "select 1 -- \nbegin",
    "select 1; begin",
    ";begin",
    "begin;",
    "begin;;",
    "(begin)",
    "/*/begin/**/",
    "b/**/egin",
    'U&"begin"',
    '"begin"',
    "begin--",
    "\vbegin",
    "start/**/transaction",
    "start --\n transaction",
    "END",
    "begin transaction isolation level serializable, read only",
  ])("leaves nothing open that it took for something else: %j", async (given) => {
    const { status } = await run(given);
    if (status === "I") return;
    await client.query("rollback");
    expect(classify(given).kind).toBe("begin");
  });
});
