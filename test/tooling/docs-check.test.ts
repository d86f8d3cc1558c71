import { execFile } from "node:child_process";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { promisify } from "node:util";
import { afterEach, beforeEach, describe, expect, it } from "vitest";

const script = resolve(import.meta.dirname, "../../scripts/check-docs.js");

let folder = "";

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "docs-check-"));
  await mkdir(join(folder, "docs"));
});

afterEach(async () => {
  await rm(folder, { recursive: true, force: true });
});

describe("the docs check", { timeout: 60_000 }, () => {
  it("passes blocks that compile and links that lead somewhere", async () => {
    await page("README.md", "# A Title", ...block(`const a: number = 1;`), "[x](docs/x.md#there)");
    await page("docs/x.md", "## There", "[up](../README.md#a-title) [out](https://example.com/x)");
    expect(await check()).toEqual({
      passed: true,
      problems: [],
    });
  });

  it("reports a type error at its line", async () => {
    await page("README.md", "# Title", "", ...block("const a = 1;", "const b: string = a;"));
    expect(await check()).toEqual({
      passed: false,
      problems: ["README.md:5  Type 'number' is not assignable to type 'string'."],
    });
  });

  it("reports a name that tenantry does not export", async () => {
    await page("docs/x.md", ...block(`import { noSuchThing } from "tenantry";`, "noSuchThing();"));
    const { problems } = await check();
    expect(problems[0]).toMatch(/^docs\/x\.md:2 {2}Module '"tenantry"' has no exported member/);
  });

  it("reports a syntax error, and a block inside a list", async () => {
    await page("README.md", "- item", "", ...block("const = 1;").map((line) => `  ${line}`));
    expect((await check()).problems[0]).toMatch(/^README\.md:4 {2}/);
  });

  it("reads a tsx block as a bundler would", async () => {
    const jsx = ["import { cache } from 'react';", "export const shown = <p>{cache.length}</p>;"];
    await page("docs/x.md", "```tsx", ...jsx, "const a: number = <p />;", "```");
    expect((await check()).problems).toEqual([
      expect.stringMatching(/^docs\/x\.md:4 {2}Type 'Element' is not assignable/),
    ]);
  });

  it("keeps one block's names out of the next", async () => {
    await page("README.md", ...block("const a = 1;"), "", ...block("export const b = a;"));
    expect((await check()).problems).toEqual(["README.md:6  Cannot find name 'a'."]);
  });

  it("takes what a block does not show from the comment above it", async () => {
    const prelude = ["<!-- ts", "declare const shown: string;", "-->", ""];
    await page("README.md", ...prelude, ...block("const a: number = shown;"));
    expect((await check()).problems).toEqual([
      "README.md:6  Type 'string' is not assignable to type 'number'.",
    ]);
  });

  it("reports links that lead to no file, no heading, or out of the repository", async () => {
    await page("README.md", "# Title", "[a](docs/none.md)", "[b](#none)", "[c](../../etc/passwd)");
    expect((await check()).problems).toEqual([
      "README.md:2  docs/none.md leads to no file",
      "README.md:3  #none leads to no heading",
      "README.md:4  ../../etc/passwd leads out of the repository",
    ]);
  });

  it("leaves links inside code alone", async () => {
    await page("README.md", "`[a](none.md)`", "", "```", "[b](none.md)", "```");
    expect((await check()).passed).toBe(true);
  });
});

function block(...lines: readonly string[]): readonly string[] {
  return ["```ts", ...lines, "```"];
}

async function page(path: string, ...lines: readonly string[]): Promise<void> {
  await writeFile(join(folder, path), `${lines.join("\n")}\n`);
}

async function check(): Promise<{
  readonly passed: boolean;
  readonly problems: readonly string[];
}> {
  const run = promisify(execFile)(process.execPath, [script, folder]);
  return run.then(
    () => ({ passed: true, problems: [] }),
    (error: unknown) => ({
      passed: false,
      problems: (error as { stderr: string }).stderr.trimEnd().split("\n"),
    }),
  );
}
