import { execFile } from "node:child_process";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { dirname, join, resolve } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

const root = resolve(import.meta.dirname, "../..");
const config = join(root, ".dependency-cruiser.cjs");

interface Plant {
  readonly rule: string;
  readonly file: string;
  readonly imports: string;
}

const foundation = [
  "resolver",
  "registry",
  "database",
  "cache",
  "queue",
  "outbound",
  "limits",
  "telemetry",
];
const services = ["identity", "audit-log", "isolation"];

/** One violation of every rule; where a rule forbids several things, one of each. */
const plants: readonly Plant[] = [
  { rule: "core-imports-only-what-is-below-it", file: "core/up", imports: "../resolver/leaf.js" },
  { rule: "core-imports-only-what-is-below-it", file: "core/root", imports: "../tenantry.js" },
  ...foundation.flatMap((folder): Plant[] => {
    const rule = `${folder}-imports-only-what-is-below-it`;
    const peer = folder === "cache" ? "queue" : "cache";
    return [
      { rule, file: `${folder}/peer`, imports: `../${peer}/leaf.js` },
      { rule, file: `${folder}/root`, imports: "../tenantry.js" },
      { rule, file: `${folder}/index`, imports: "../index.js" },
    ];
  }),
  ...services.flatMap((folder): Plant[] => {
    const rule = `${folder}-imports-only-what-is-below-it`;
    const peer = folder === "identity" ? "audit-log" : "identity";
    return [
      { rule, file: `${folder}/peer`, imports: `../${peer}/leaf.js` },
      { rule, file: `${folder}/up`, imports: "../http/leaf.js" },
    ];
  }),
  { rule: "browser-imports-only-what-is-below-it", file: "browser/up", imports: "../core/leaf.js" },
  { rule: "eslint-imports-only-what-is-below-it", file: "eslint/up", imports: "../cache/leaf.js" },
  { rule: "no-cycles", file: "core/ring-a", imports: "./ring-b.js" },
  { rule: "every-folder-has-its-place", file: "helpers/any", imports: "../core/leaf.js" },
  { rule: "http-is-below-the-cli", file: "http/cli", imports: "../cli/leaf.js" },
  { rule: "testing-is-below-the-cli", file: "testing/cli", imports: "../cli/leaf.js" },
  {
    rule: "http-knows-the-composition-root-by-type-only",
    file: "http/root",
    imports: "../tenantry.js",
  },
  { rule: "the-composition-root-starts-no-command", file: "index", imports: "./cli/leaf.js" },
  {
    rule: "no-test-support-in-what-is-shipped",
    file: "core/support",
    imports: "./leaf.test-support.js",
  },
  {
    rule: "no-test-support-in-what-is-shipped",
    file: "core/harness",
    imports: "../../test/support/harness.js",
  },
  { rule: "only-runtime-dependencies", file: "core/dev", imports: "fast-check" },
  { rule: "only-runtime-dependencies", file: "core/undeclared", imports: "lru-cache" },
  { rule: "nothing-unresolvable", file: "core/nowhere", imports: "./not-there.js" },
  { rule: "nothing-unresolvable", file: "core/absent", imports: "no-such-package" },
  { rule: "frameworks-are-passed-in", file: "database/framework", imports: "express" },
  { rule: "frameworks-are-passed-in", file: "database/hono", imports: "hono" },
  { rule: "http-is-built-on-hono-alone", file: "http/framework", imports: "express" },
  { rule: "the-browser-has-no-node", file: "browser/node", imports: "node:fs" },
];

/** What must stay unreported. */
const allowed: readonly { readonly file: string; readonly source: string }[] = [
  { file: "tenantry", source: `import "./database/leaf.js"; import "./identity/leaf.js";` },
  { file: "database/uses-core", source: `import "../core/leaf.js"; import "pg";` },
  { file: "identity/uses-database", source: `import "../database/leaf.js";` },
  { file: "http/uses-hono", source: `import "hono"; import "../identity/leaf.js";` },
  { file: "http/uses-type", source: `import type {} from "../tenantry.js";` },
  { file: "cli/uses-all", source: `import "../index.js"; import "../http/leaf.js";` },
  { file: "core/type-a", source: `import type {} from "./type-b.js"; export const a = 1;` },
  { file: "core/type-b", source: `import "./type-a.js"; export const b = 1;` },
  {
    file: "core/anything.test",
    source: `import "fast-check"; import "../database/leaf.js"; import "../../test/support/harness.js";`,
  },
];

let folder = "";
let violations: readonly { readonly rule: string; readonly file: string }[] = [];

beforeAll(async () => {
  await mkdir(join(root, ".tenantry"), { recursive: true });
  folder = await mkdtemp(join(root, ".tenantry/import-rules-"));
  await plantTree();
  violations = await cruise();
}, 60_000);

afterAll(async () => {
  await rm(folder, { recursive: true, force: true });
});

describe("the import rules", () => {
  it.each(plants)("report $rule where $file imports $imports", ({ rule, file }) => {
    expect(violations).toContainEqual({ rule, file: `src/${file}.ts` });
  });

  it.each(allowed)("leave $file alone", ({ file }) => {
    expect(violations.filter((violation) => violation.file === `src/${file}.ts`)).toEqual([]);
  });

  it("have a planted violation each", () => {
    const { forbidden } = createRequire(import.meta.url)(config) as {
      readonly forbidden: readonly { readonly name: string }[];
    };
    const planted = new Set(plants.map(({ rule }) => rule));
    expect(forbidden.map(({ name }) => name).filter((name) => !planted.has(name))).toEqual([]);
  });
});

async function plantTree(): Promise<void> {
  const leaves = ["core", ...foundation, ...services, "http", "cli"].map((name) => `${name}/leaf`);
  await write(
    "package.json",
    `{ "type": "module", "dependencies": { "pg": "*", "hono": "*" }, "devDependencies": { "express": "*", "fast-check": "*" } }`,
  );
  await write("tsconfig.json", `{ "compilerOptions": { "module": "NodeNext" } }`);
  await write("test/support/harness.ts", "export {};");
  await write("src/core/leaf.test-support.ts", "export {};");
  for (const leaf of leaves) await write(`src/${leaf}.ts`, "export {};");
  await write("src/core/ring-b.ts", `import "./ring-a.js";`);
  for (const { file, imports } of plants) {
    await write(`src/${file}.ts`, `import ${JSON.stringify(imports)};`);
  }
  for (const { file, source } of allowed) await write(`src/${file}.ts`, source);
}

async function write(path: string, text: string): Promise<void> {
  await mkdir(dirname(join(folder, path)), { recursive: true });
  await writeFile(join(folder, path), `${text}\n`);
}

interface Report {
  readonly summary: {
    readonly violations: readonly {
      readonly from: string;
      readonly rule: { readonly name: string };
    }[];
  };
}

async function cruise(): Promise<typeof violations> {
  const command = join(root, "node_modules/dependency-cruiser/bin/dependency-cruise.mjs");
  const args = [command, "src", "--config", config, "--output-type", "json"];
  // The exit code counts the violations; what was found is on stdout all the same.
  const { stdout } = await promisify(execFile)(process.execPath, args, {
    cwd: folder,
    maxBuffer: 64 << 20,
  }).catch((error: unknown) => error as { stdout: string });
  const report = JSON.parse(stdout) as Report;
  return report.summary.violations.map(({ from, rule }) => ({ rule: rule.name, file: from }));
}
