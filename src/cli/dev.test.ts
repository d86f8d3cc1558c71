import type { ChildProcess } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, beforeEach, describe, expect, it, onTestFinished } from "vitest";
import { buildPackage, type BuiltPackage } from "../../test/support/built-package.js";
import { serverPid, value } from "../database/embedded/embedded.test-support.js";
import { processStart } from "../database/embedded/process-identity.js";
import { endOrphan } from "../database/embedded/server-process.js";
import { Cli, outcomeOf } from "./cli.test-support.js";

const variables = [
  "DATABASE_URL",
  "TENANTRY_OPERATOR_DATABASE_URL",
  "TENANTRY_IDENTITY_DATABASE_URL",
  "TENANTRY_MIGRATION_DATABASE_URL",
  "TENANTRY_SECRET",
];

describe("tenantry dev", () => {
  let built: BuiltPackage;
  let cli: Cli;
  let cwd = "";
  beforeAll(async () => {
    built = await buildPackage();
    cli = new Cli(built.root);
  });
  afterAll(() => built?.remove());
  beforeEach(async () => {
    cwd = await mkdtemp(join(tmpdir(), "tenantry-dev-"));
    onTestFinished(async () => {
      await endOrphan(join(cwd, ".tenantry/postgres/data"), () => undefined);
      await rm(cwd, { recursive: true, force: true });
    });
  });

  /** Starts it and waits for the line that says it is ready. */
  async function ready(...args: string[]) {
    const child = cli.start(["dev", ...args], { cwd });
    const outcome = outcomeOf(child);
    const environment = parse(await printed(child, variables.length));
    return { child, outcome, environment };
  }

  it("prints what an application needs, and ends in order at Ctrl-C", async () => {
    const { child, outcome, environment } = await ready();
    expect(Object.keys(environment)).toEqual(variables);
    const who = "select current_user::text || ' ' || current_database()";
    expect(await value(environment["DATABASE_URL"]!, who)).toBe("development_app development");
    const server = await serverPid(join(cwd, ".tenantry/postgres"));
    child.kill("SIGINT");
    const { code, stdout, stderr } = await outcome;
    expect(code).toBe(0);
    expect(stdout.trim().split("\n")).toHaveLength(variables.length);
    for (const secret of secretsOf(environment)) expect(stderr).not.toContain(secret);
    expect(await processStart(server)).toBeNull();
    expect((await readdir(cwd)).sort()).toEqual([".tenantry"]);
  });

  it("prints the same again at the next start", async () => {
    const first = await ready();
    first.child.kill("SIGTERM");
    expect((await first.outcome).code).toBe(0);
    const second = await ready("--json");
    second.child.kill("SIGTERM");
    await second.outcome;
    expect(second.environment).toEqual(first.environment);
  });

  it("runs a command with the variables set, and ends with its exit code", async () => {
    const script = `console.log(JSON.stringify([process.argv.slice(1), Object.keys(process.env).filter((n) => /DATABASE_URL|SECRET/.test(n)).sort()])); process.exit(7)`;
    const { code, stdout, stderr } = await cli.run(
      ["dev", "--", process.execPath, "-e", script, "--", "--json", "--help"],
      { cwd },
    );
    expect(code).toBe(7);
    expect(JSON.parse(stdout)).toEqual([["--json", "--help"], [...variables].sort()]);
    expect(stderr).toContain("starting PostgreSQL");
    expect(await readdir(join(cwd, ".tenantry/postgres"))).not.toContain("owner.json");
  });

  it("passes a signal on to the command and waits for it", async () => {
    const script = `process.on("SIGTERM", () => setTimeout(() => process.exit(9), 200)); console.log("up"); setInterval(() => {}, 1000)`;
    const child = cli.start(["dev", "--", process.execPath, "-e", script], { cwd });
    const outcome = outcomeOf(child);
    await printed(child, 1);
    child.kill("SIGTERM");
    expect((await outcome).code).toBe(9);
  });

  it("ends with 2 where the command is not there, and leaves no server running", async () => {
    const { code, stderr } = await cli.run(["dev", "--", "no-such-program"], { cwd });
    expect(code).toBe(2);
    expect(stderr).toContain('"no-such-program" could not be run');
    expect(await readdir(join(cwd, ".tenantry/postgres"))).not.toContain("owner.json");
  });

  it("ends with 3 where another one runs in the same directory, and names its pid", async () => {
    const { child, outcome } = await ready();
    const second = await cli.run(["dev"], { cwd });
    expect(second).toMatchObject({ code: 3, stdout: "" });
    expect(second.stderr).toContain(`pid ${child.pid} already runs`);
    child.kill("SIGINT");
    await outcome;
  });

  it("ends with 3 where the server dies", async () => {
    const { outcome } = await ready();
    process.kill(await serverPid(join(cwd, ".tenantry/postgres")), "SIGKILL");
    const { code, stderr } = await outcome;
    expect(code).toBe(3);
    expect(stderr).toContain("ended by itself");
  });
});

/** Waits for so many lines, or one line of JSON. */
async function printed(child: ChildProcess, lines: number): Promise<string> {
  let text = "";
  child.stdout!.on("data", (chunk: Buffer) => (text += chunk.toString()));
  while (text.split("\n").length <= lines && !text.startsWith("{")) {
    await Promise.race([once(child.stdout!, "data"), once(child, "exit")]);
    if (child.exitCode !== null) throw new Error(`it ended with ${child.exitCode}`);
  }
  return text;
}

function parse(text: string): Record<string, string> {
  if (text.startsWith("{")) return JSON.parse(text) as Record<string, string>;
  const lines = text.trim().split("\n");
  return Object.fromEntries(
    lines.map((line) => [line.slice(0, line.indexOf("=")), line.slice(line.indexOf("=") + 1)]),
  );
}

function secretsOf(environment: Record<string, string>): string[] {
  return Object.values(environment).map((text) =>
    text.startsWith("postgres:") ? new URL(text).password : text,
  );
}
