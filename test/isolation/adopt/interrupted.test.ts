import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import pg from "pg";
import { afterAll, beforeAll, expect, it } from "vitest";
import { run } from "../../../src/cli/run.js";
import { rollBackPlan } from "../../../src/isolation/adopt/apply/apply-plan.js";
import { writeManifest } from "../../../src/isolation/manifest/manifest-file.js";
import { describeOnEmbedded } from "../../support/servers.js";
import { until } from "../../support/until.js";
import { draftOf, grow, shapeOf, type Grown } from "./support.js";

const schema = `
  create table teams (id uuid primary key default gen_random_uuid(), slug text not null unique);
  create table notes (id serial primary key, team_id uuid not null references teams (id), reply_to integer references notes (id));
  insert into teams (slug) values ('a'), ('b');
  insert into notes (team_id) select id from teams, generate_series(1, 500);
`;

describeOnEmbedded("adopt, interrupted", (server) => {
  let grown: Grown;
  let holder: pg.Client;
  let folder: string;
  let before: unknown;
  let everything = "";
  beforeAll(async () => {
    grown = await grow(server, schema);
    before = await shapeOf(grown.client);
    folder = mkdtempSync(join(tmpdir(), "adopt-"));
    writeManifest(join(folder, "manifest.json"), await draftOf(grown.client, "teams"));
    holder = new pg.Client({ connectionString: grown.database.adminUrl });
    await holder.connect();
  });
  afterAll(async () => {
    await holder?.end();
    await grown?.close();
    rmSync(folder, { recursive: true });
  });

  /** The command as it is, in this process, which gets its signals. */
  function adopt(...args: readonly string[]) {
    const said = { text: "" };
    const say = (text: string) => {
      said.text += text;
      everything += text;
    };
    const env = { TENANTRY_MIGRATION_DATABASE_URL: grown.database.adminUrl };
    const all = ["adopt", "--manifest", join(folder, "manifest.json"), ...args];
    return { said, end: run(all, { env, out: say, err: say }) };
  }

  /** Waits until a statement of the command's waits for somebody. */
  async function stuck(statement: string): Promise<number> {
    let pid: number | undefined;
    await until(async () => {
      const { rows } = await grown.client.query<{ pid: number }>(
        `select pid from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'
         and query like $1`,
        [`${statement}%`],
      );
      pid = rows[0]?.pid;
      return pid !== undefined;
    });
    return pid!;
  }

  async function invalid(): Promise<number> {
    const { rows } = await grown.client.query(
      "select from pg_index i join pg_class c on c.oid = i.indexrelid where not i.indisvalid",
    );
    return rows.length;
  }

  it("says that a lock is held for long, and that it tries again, until it may not any more", async () => {
    await holder.query("begin; select 1 from notes");
    const { said, end } = adopt("--apply", "--lock-timeout", "1");
    await until(() => said.text.includes("trying again (1 of 10)"), 20_000);
    await holder.query("rollback; begin isolation level repeatable read; select 1");
    // The next lock that is not had is that of an index, which waits for older transactions instead.
    process.kill(process.pid, "SIGINT");
    expect(await end).toBe(2);
    expect(said.text).toContain("Interrupted.");
  });

  it("clears away an index that the end of its connection left half built", async () => {
    const { said, end } = adopt("--apply");
    const pid = await stuck("create unique index concurrently");
    await grown.client.query("select pg_terminate_backend($1)", [pid]);
    expect(await end).toBe(2);
    expect(said.text).toMatch(/The connection to the database was lost in the step "60-keys/);
    expect(everything).toContain("public.notes: 1000 rows filled in");
    expect(await invalid()).toBe(1);
  });

  it("takes back the statement under way at Ctrl-C, and leaves no invalid index", async () => {
    const { said, end } = adopt("--apply", "--lock-timeout", "1");
    await stuck("create unique index concurrently");
    const other = adopt("--apply");
    expect(await other.end).toBe(2);
    expect(other.said.text).toMatch(
      /Another `tenantry adopt` is at work in this database \(backend \d+\)/,
    );
    process.kill(process.pid, "SIGINT");
    expect(await end).toBe(2);
    expect(said.text).toContain("Interrupted.");
    expect(await invalid()).toBe(0);
  });

  it("waits for older transactions longer than for locks, and then goes on to the end", async () => {
    const { said, end } = adopt("--apply", "--lock-timeout", "1");
    await stuck("create unique index concurrently");
    await new Promise((resolve) => setTimeout(resolve, 1_100));
    await stuck("create unique index concurrently");
    await holder.query("commit");
    expect(await end).toBe(0);
    expect(said.text).not.toContain("trying again");
    expect(await invalid()).toBe(0);
    const again = adopt("--apply");
    expect(await again.end).toBe(0);
    expect(again.said.text).toContain("Tables that came since are no part of it");
    await rollBackPlan(grown.client);
    expect(await shapeOf(grown.client)).toEqual(before);
  });
});
