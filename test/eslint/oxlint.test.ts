import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdir, mkdtemp, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { promisify } from "node:util";
import { Linter } from "eslint";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type tenantry from "tenantry/eslint";
import { manifest } from "./rule-tester.js";

const repository = resolve(import.meta.dirname, "../..");
const built = join(repository, "dist/eslint/index.js");

/** Each line breaks one rule, or none. */
const handler = `import { AsyncLocalStorage } from "node:async_hooks";
import { unstable_cache } from "next/cache";
import pg from "pg";
import { db } from "../tenantry.js";
const storage = new AsyncLocalStorage();
const pool = new pg.Pool();
export async function handle(req, res) {
  storage.enterWith(req);
  pool.query("select 1", () => {});
  await pool.query("select * from projects where id = $1", [req.params.id]);
  await pool.query("select * from projects where tenant_id = $1", [1]);
  await db.query("select * from projects where id = $1", [req.params.id]);
  await redis.get("projects:" + req.params.id);
  const tenantId = req.query.tenantId;
  const cached = unstable_cache(async () => tenantry.scope().tenantId);
  await tenantry.asOperator("why", (all) => all.query("select 1"));
  res.status(500).json({ error: error.message, tenantId });
  return cached;
}
`;

interface Said {
  readonly rule: string;
  readonly line: number;
}

describe("the plugin as it is built", () => {
  let folder: string;
  beforeAll(async () => {
    if (!existsSync(built)) throw new Error("dist/ is missing or old: npm run build first");
    folder = await mkdtemp(join(tmpdir(), "tenantry-oxlint-"));
    await mkdir(join(folder, "node_modules"));
    await mkdir(join(folder, "routes"));
    await symlink(repository, join(folder, "node_modules/tenantry"));
    await writeFile(join(folder, "tenantry.js"), "export const { db } = createTenantry({});\n");
    await writeFile(join(folder, "routes/projects.js"), handler);
  });
  afterAll(() => rm(folder, { recursive: true, force: true }));

  it("says in oxlint what it says in ESLint, by every rule", async () => {
    const { default: plugin } = (await import(pathToFileURL(built).href)) as {
      default: typeof tenantry;
    };
    const rules = Object.fromEntries(
      Object.keys(plugin.rules).map((name) => [
        `tenantry/${name}`,
        name === "sql-names-tenant" ? ["error", { manifest }] : ["error"],
      ]),
    );
    const inEslint = eslint(plugin, rules);
    expect(new Set(inEslint.map(({ rule }) => rule))).toEqual(new Set(Object.keys(plugin.rules)));
    expect(await oxlint(rules)).toEqual(inEslint);
  });

  function eslint(plugin: typeof tenantry, rules: Record<string, unknown[]>): Said[] {
    const config = { plugins: { tenantry: plugin }, rules } as unknown as Linter.Config;
    const file = join(folder, "routes/projects.js");
    return new Linter({ cwd: folder })
      .verify(handler, config, file)
      .map(({ ruleId, line }) => ({ rule: ruleId?.replace("tenantry/", "") ?? "none", line }))
      .sort(inOrder);
  }

  async function oxlint(rules: Record<string, unknown[]>): Promise<Said[]> {
    const config = join(folder, "oxlintrc.json");
    const own = { jsPlugins: ["tenantry/eslint"], categories: { correctness: "off" }, rules };
    await writeFile(config, JSON.stringify(own));
    const command = join(repository, "node_modules/oxlint/bin/oxlint");
    const { stdout } = await promisify(execFile)(
      process.execPath,
      [command, "--config", config, "--format", "json", "routes"],
      { cwd: folder },
    ).catch((error: { stdout: string }) => error);
    const { diagnostics } = JSON.parse(stdout) as {
      diagnostics: { code: string; labels: { span: { line: number } }[] }[];
    };
    return diagnostics
      .map(({ code, labels }) => ({
        rule: /\(([\w-]+)\)/.exec(code)?.[1] ?? code,
        line: labels[0]!.span.line,
      }))
      .sort(inOrder);
  }
});

const inOrder = (a: Said, b: Said) => a.line - b.line || a.rule.localeCompare(b.rule);
