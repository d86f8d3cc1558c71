import { mkdtemp, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it, onTestFinished, vi } from "vitest";
import { openSmallService } from "../../test/probe/service/small.js";
import { buildPackage, type BuiltPackage } from "../../test/support/built-package.js";
import { Cli, outcomeOf } from "./cli.test-support.js";
import { commands } from "./commands.js";

describe("the command line", () => {
  let built: BuiltPackage;
  let cli: Cli;
  beforeAll(async () => {
    built = await buildPackage();
    cli = new Cli(built.root);
  });
  afterAll(() => built?.remove());

  it("is where package.json says, and says which program runs it", async () => {
    const text = await readFile(join(built.root, "package.json"), "utf8");
    const { bin } = JSON.parse(text) as { bin: { tenantry: string } };
    const main = join(built.root, bin.tenantry);
    expect((await stat(main)).isFile()).toBe(true);
    expect((await readFile(main, "utf8")).split("\n")[0]).toBe("#!/usr/bin/env node");
  });

  it("prints its version", async () => {
    const { version } = JSON.parse(await readFile(join(built.root, "package.json"), "utf8")) as {
      version: string;
    };
    expect(await cli.run(["--version"])).toEqual({ code: 0, stdout: `${version}\n`, stderr: "" });
  });

  it("lists every command and the exit codes with --help", async () => {
    const { code, stdout } = await cli.run(["--help"]);
    expect(code).toBe(0);
    for (const { name, summary } of commands) {
      expect(stdout).toContain(name);
      expect(stdout).toContain(summary);
    }
    expect(stdout).toContain("Exit codes:");
    expect(await cli.run(["help"])).toMatchObject({ code: 0, stdout });
  });

  it.each(commands.map(({ name }) => name))("explains %s with --help", async (name) => {
    const { code, stdout, stderr } = await cli.run([...name.split(" "), "--help"]);
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    expect(stdout).toContain(`Usage: tenantry ${name}`);
    expect(stdout).toContain("Exit codes:");
    const { options } = commands.find((command) => command.name === name)!;
    for (const option of Object.keys(options)) expect(stdout).toContain(`--${option}`);
  });

  it("lists the commands of a group", async () => {
    const { code, stdout } = await cli.run(["tenant", "--help"]);
    expect(code).toBe(0);
    expect(stdout).toContain("tenant archive");
    expect(stdout).not.toContain("key retire");
  });

  it.each([
    [[], "Usage"],
    [["nonsense"], 'no command "nonsense"'],
    [["tenant"], "tenant list, tenant create"],
    [["tenant", "nonsense"], "tenant list, tenant create"],
    [["migrate", "--nonsense"], "--nonsense"],
    [["migrate", "argument"], "takes no argument and got 1"],
    [["migrate"], "TENANTRY_MIGRATION_DATABASE_URL"],
    [["migrate", "--lock-timeout", "soon"], "--lock-timeout"],
    [["tenant", "list"], "TENANTRY_OPERATOR_DATABASE_URL"],
    [["tenant", "create"], "takes 1 argument and got 0"],
    [["tenant", "archive", "acme"], "--for-good"],
    [["key", "retire", "nonsense"], "not a key id"],
    [["key", "install"], "TENANTRY_SECRET is not set"],
    [["dev", "--port", "0"], "--port"],
    [["dev", "--port", "70000"], "--port"],
  ])("ends %j with 2 and says what is wrong", async (args, said) => {
    const { code, stdout, stderr } = await cli.run(args);
    expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
    expect(stderr).toContain(said);
  });

  it("deletes what probe made, and ends with 2, at Ctrl-C", async () => {
    const service = await openSmallService();
    onTestFinished(() => service.close());
    const folder = await mkdtemp(join(tmpdir(), "tenantry-probe-"));
    onTestFinished(() => rm(folder, { recursive: true }));
    const files = service.identities.map(({ name }) => join(folder, `${name}.json`));
    for (const [index, identity] of service.identities.entries())
      await writeFile(files[index]!, JSON.stringify(identity));
    const args = ["--base-url", service.baseUrl, "--openapi", `${service.baseUrl}/openapi.json`];
    const child = cli.start(["probe", ...args, ...files.flatMap((file) => ["--as", file])]);
    const outcome = outcomeOf(child);
    await vi.waitFor(() => expect(service.projects).not.toEqual([]), { timeout: 20_000 });
    child.kill("SIGINT");
    const { code, stdout, stderr } = await outcome;
    expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
    expect(stderr).toContain("interrupted. Everything that it made is deleted.");
    expect(service.projects).toEqual([]);
  });

  it("reports errors as one line of JSON with --json", async () => {
    const { code, stdout, stderr } = await cli.run(["tenant", "list", "--json"]);
    expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
    expect(JSON.parse(stderr)).toMatchObject({ error: { code: "USAGE" } });
    expect(stderr.trim().split("\n")).toHaveLength(1);
  });
});
