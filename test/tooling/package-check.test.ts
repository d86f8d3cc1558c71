import { execFile } from "node:child_process";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { promisify } from "node:util";
import { afterEach, beforeEach, describe, expect, it } from "vitest";

const script = resolve(import.meta.dirname, "../../scripts/check-package.js");

let folder = "";

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "package-check-test-"));
  await write(soundPackage);
});

afterEach(async () => {
  await rm(folder, { recursive: true, force: true });
});

describe("the package check", { timeout: 120_000 }, () => {
  it("passes a sound package", async () => {
    expect(await check()).toEqual([]);
  });

  it("reports every planted fault", async () => {
    await write(faults());
    await rm(join(folder, "LICENSE"));
    const problems = (await check()).join("\n");
    expect(problems).toContain("LICENSE is not in the tarball");
    expect(problems).toContain("dist/index.test.js is a test");
    expect(problems).toContain("dist/stale.js has no source");
    expect(problems).toContain("dist/index.ts has no place");
    expect(problems).toContain("dist/index.d.ts imports types from pg,");
    expect(problems).toContain("dist/index.d.ts imports types from express,");
    expect(problems).not.toContain("imports types from nested/deep,");
    expect(problems).toContain("planted does not import alone");
    expect(problems).toContain("planted/loud prints when imported");
    expect(problems).toContain("planted/silent does not import alone");
    expect(problems).toContain("types fail (moduleResolution NodeNext)");
    expect(problems).toContain("dist/index.d.ts(1,27): error TS2307: Cannot find module 'pg'");
    expect(problems).toContain("types fail (moduleResolution Bundler)");
    expect(problems).toContain("publint complains");
    expect(problems).toContain("attw complains");
    expect(problems).toContain("planted --help fails");
    expect(problems).toContain("installing the package brings nested, a devDependency");
  });
});

const soundPackage = {
  "package.json": JSON.stringify({
    name: "planted",
    version: "0.0.0",
    license: "Apache-2.0",
    type: "module",
    files: ["dist"],
    bin: { planted: "./dist/cli.js" },
    exports: {
      ".": { types: "./dist/index.d.ts", default: "./dist/index.js" },
      "./package.json": "./package.json",
    },
  }),
  "README.md": "# Planted\n",
  LICENSE: "Apache-2.0\n",
  "src/index.ts": "export const one = 1;\n",
  "src/cli.ts": "\n",
  "dist/index.js": "export const one = 1;\n",
  "dist/index.d.ts": "export declare const one = 1;\n",
  "dist/cli.js": `#!/usr/bin/env node\nconsole.log("usage: planted");\n`,
};

const faults = () => ({
  "package.json": JSON.stringify({
    name: "planted",
    version: "0.0.0",
    license: "Apache-2.0",
    type: "module",
    files: ["dist"],
    bin: { planted: "./dist/cli.js" },
    // A dependency that installs without a registry.
    dependencies: { nested: `file:${join(folder, "nested")}` },
    devDependencies: { nested: "0.0.0", "@types/pg": "0.0.0" },
    exports: {
      ".": { types: "./dist/index.d.ts", default: "./dist/index.js" },
      "./loud": { default: "./dist/loud.js" },
      "./silent": { default: "./dist/silent.js" },
      "./gone": { types: "./dist/gone.d.ts", default: "./dist/gone.js" },
    },
  }),
  "nested/package.json": JSON.stringify({ name: "nested", version: "0.0.0" }),
  "dist/index.js": `import "express";\nexport const one = 1;\n`,
  "dist/index.d.ts": `import type { Pool } from "pg";\nexport declare const one: Pool;\nexport declare const two: import("express").Express;\nexport * from "nested/deep";\n`,
  "dist/index.ts": "export const one = 1;\n",
  "dist/index.test.js": "\n",
  "dist/stale.js": "\n",
  "dist/loud.js": `export const one = 1;\nconsole.log("hello");\n`,
  "dist/silent.js": "\n",
  "dist/cli.js": `#!/usr/bin/env node\nprocess.exit(1);\n`,
});

async function write(files: Readonly<Record<string, string>>): Promise<void> {
  for (const [path, text] of Object.entries(files)) {
    await mkdir(dirname(join(folder, path)), { recursive: true });
    await writeFile(join(folder, path), text);
  }
}

/** The problems found, one a line or more. */
async function check(): Promise<readonly string[]> {
  return promisify(execFile)(process.execPath, [script, folder]).then(
    () => [],
    (error: unknown) => (error as { stderr: string }).stderr.trimEnd().split(/\n(?=package: )/),
  );
}
