import { readFileSync } from "node:fs";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import pg from "pg";
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from "vitest";
import { buildPackage, type BuiltPackage } from "../../../test/support/built-package.js";
import {
  isRoot,
  serverPid,
  start,
  startInChild,
  temporaryDirectory,
  value,
  waitUntil,
} from "./embedded.test-support.js";
import { processStart } from "./process-identity.js";
import { startEmbeddedPostgres } from "./start.js";

const gone = async (pid: number) => (await processStart(pid)) === null;

describe("the embedded PostgreSQL, when something is killed or comes twice", () => {
  let built: BuiltPackage;
  beforeAll(async () => {
    built = await buildPackage();
  });
  afterAll(() => built?.remove());

  it("refuses a second process and names the first one's pid", async () => {
    const directory = await temporaryDirectory();
    const { child, url } = await startInChild(built.root, directory);
    await expect(startEmbeddedPostgres({ directory })).rejects.toMatchObject({
      code: "EMBEDDED_UNAVAILABLE",
      message: expect.stringContaining(`the process with pid ${child.pid} already runs`) as string,
    });
    expect(await value(url, "select 1")).toBe(1);
  });

  it("lets exactly one of several starts at the same moment have the directory", async () => {
    const directory = await temporaryDirectory();
    const outcomes = await Promise.allSettled(
      Array.from({ length: 5 }, () => start({ directory })),
    );
    expect(outcomes.filter(({ status }) => status === "fulfilled")).toHaveLength(1);
    for (const outcome of outcomes) {
      if (outcome.status === "rejected") {
        expect(String(outcome.reason)).toContain(`this process (pid ${process.pid}) already runs`);
      }
    }
  });

  it("stops the server that a killed process left, and keeps what was committed", async () => {
    const directory = await temporaryDirectory();
    const { child, url } = await startInChild(built.root, directory);
    await value(url, "create table kept as select 42 as answer");
    const orphan = await serverPid(directory);
    child.kill("SIGKILL");
    await once(child, "exit");
    expect(await gone(orphan)).toBe(false);

    const steps: string[] = [];
    const server = await start({ directory, onStep: (step) => steps.push(step) });
    expect(steps[0]).toContain(`pid ${orphan}`);
    expect(await gone(orphan)).toBe(true);
    expect(await value(server.url, "select answer from kept")).toBe(42);
  });

  it.skipIf(!isRoot)(
    "stops it also as the lesser root of a container, without CAP_SYS_PTRACE [skipped unless root]",
    async () => {
      const directory = await temporaryDirectory();
      const { child } = await startInChild(built.root, directory);
      const orphan = await serverPid(directory);
      child.kill("SIGKILL");
      await once(child, "exit");
      const launcher = ["setpriv", "--bounding-set=-sys_ptrace,-dac_read_search"];
      const { url } = await startInChild(built.root, directory, { launcher });
      expect(await gone(orphan)).toBe(true);
      expect(await value(url, "select 1")).toBe(1);
    },
  );

  it("recovers after the server itself was killed, and says that it ended", async () => {
    const directory = await temporaryDirectory();
    const server = await start({ directory });
    await value(server.url, "create table kept as select 42 as answer");
    process.kill(await serverPid(directory), "SIGKILL");
    await server.exited;
    await server.stop();
    const again = await start({ directory });
    expect(await value(again.url, "select answer from kept")).toBe(42);
    expect(await readFile(join(directory, "server.log"), "utf8")).toContain(
      "not properly shut down",
    );
  });

  it("waits for the last children of a killed server, which still use its memory", async () => {
    const directory = await temporaryDirectory();
    const server = await start({ directory });
    const client = new pg.Client({ connectionString: server.url });
    client.on("error", () => undefined);
    await client.connect();
    const { rows } = await client.query<{ pid: number }>("select pg_backend_pid() as pid");
    const backend = rows[0]!.pid;
    process.kill(backend, "SIGSTOP");
    process.kill(await serverPid(directory), "SIGKILL");
    await server.exited;
    await server.stop();
    const again = start({ directory });
    // Woken only once the new server has met its memory, however long that takes on a busy machine.
    const resume = setInterval(() => {
      const log = readFileSync(join(directory, "server.log"), "utf8");
      if (!log.includes("pre-existing shared memory block")) return;
      clearInterval(resume);
      process.kill(backend, "SIGCONT");
    }, 50);
    onTestFinished(() => clearInterval(resume));
    expect((await again).url).toBe(server.url);
    expect(await value(server.url, "select 1")).toBe(1);
    const log = await readFile(join(directory, "server.log"), "utf8");
    expect(log).toContain("pre-existing shared memory block");
  });

  it("recovers after everything was killed at once", async () => {
    const directory = await temporaryDirectory();
    const { child, url } = await startInChild(built.root, directory);
    await value(url, "create table kept as select 42 as answer");
    process.kill(await serverPid(directory), "SIGKILL");
    child.kill("SIGKILL");
    await once(child, "exit");
    const server = await start({ directory });
    expect(await value(server.url, "select answer from kept")).toBe(42);
  });

  it("leaves a stranger alone that has the pid of a dead server", async () => {
    const directory = await temporaryDirectory();
    await (await start({ directory })).stop();
    // Of the same user as the server, so that PostgreSQL itself would take it for one.
    const stranger = spawn("sleep", ["60"], isRoot ? { uid: 65534, gid: 65534 } : {});
    onTestFinished(() => void stranger.kill());
    await once(stranger, "spawn");
    const text = `${stranger.pid}\n${directory}/data\n1\n5432\n\n127.0.0.1\n1 1\nready\n`;
    await writeFile(join(directory, "data/postmaster.pid"), text);
    const server = await start({ directory });
    expect(await value(server.url, "select 1")).toBe(1);
    expect(await gone(stranger.pid!)).toBe(false);
  });

  it("takes over from an owner whose pid another process has by now", async () => {
    const directory = await temporaryDirectory();
    const stranger = spawn("sleep", ["60"]);
    onTestFinished(() => void stranger.kill());
    await once(stranger, "spawn");
    const owner = { pid: stranger.pid, start: "1", copy: null };
    await writeFile(join(directory, "owner.json"), JSON.stringify(owner));
    await start({ directory });
  });

  it("takes over from an owner file that is damaged", async () => {
    const directory = await temporaryDirectory();
    await writeFile(join(directory, "owner.json"), "");
    await start({ directory });
  });

  it("ends its server with the process, also where nobody called stop()", async () => {
    const directory = await temporaryDirectory();
    const { child } = await startInChild(built.root, directory, {
      then: "setTimeout(() => process.exit(0), 300);",
    });
    const pid = await serverPid(directory);
    await once(child, "exit");
    await waitUntil(() => gone(pid));
  });

  it("does not end at a Ctrl-C that is meant for the application", async () => {
    const directory = await temporaryDirectory();
    const { child, url } = await startInChild(built.root, directory, {
      then: `process.on("SIGINT", () => console.log("got it"));`,
    });
    process.kill(-child.pid!, "SIGINT");
    await once(child.stdout!, "data");
    expect(await value(url, "select 1")).toBe(1);
  });
});
