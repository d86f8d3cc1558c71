import { resolve } from "node:path";
import { ESLint, type Linter } from "eslint";
import { beforeAll, describe, expect, it } from "vitest";

const root = resolve(import.meta.dirname, "../..");

/** A mistake, and the rule that must report it in a file of src. */
const mistakes: readonly { readonly rule: string; readonly source: string }[] = [
  {
    rule: "no-restricted-syntax",
    source: `import { AsyncLocalStorage } from "node:async_hooks";\nnew AsyncLocalStorage<number>().enterWith(1);`,
  },
  {
    rule: "no-restricted-syntax",
    source: `import { AsyncLocalStorage } from "node:async_hooks";\nnew AsyncLocalStorage<number>()["enterWith"](1);`,
  },
  {
    rule: "no-restricted-syntax",
    source: `import { AsyncLocalStorage } from "node:async_hooks";\nexport const { enterWith } = new AsyncLocalStorage<number>();`,
  },
  { rule: "no-console", source: `console.log("hello");` },
  { rule: "max-lines", source: "export {};\n".repeat(301) },
  { rule: "@typescript-eslint/no-floating-promises", source: `Promise.resolve(1);` },
  { rule: "@typescript-eslint/no-explicit-any", source: `export const value: any = 1;` },
  {
    rule: "@typescript-eslint/no-unsafe-member-access",
    source: `export const length: unknown = JSON.parse("[]").length;`,
  },
  { rule: "@typescript-eslint/ban-ts-comment", source: `// @ts-ignore\nexport const value = 1;` },
  {
    rule: "@typescript-eslint/consistent-type-imports",
    source: `import { Socket } from "node:net";\nexport type Peer = Socket;`,
  },
  {
    rule: "@typescript-eslint/switch-exhaustiveness-check",
    source: `export function name(value: "a" | "b"): string {\n  switch (value) {\n    case "a":\n      return "A";\n  }\n  return "";\n}`,
  },
  {
    rule: "@typescript-eslint/no-explicit-any",
    source: `/* eslint-disable */\nexport const value: any = 1;`,
  },
];

let eslint: ESLint;

beforeAll(() => {
  eslint = new ESLint({ cwd: root });
});

describe("the lint rules", { timeout: 60_000 }, () => {
  it.each(mistakes)("report $rule in $source", async ({ rule, source }) => {
    const [result] = await eslint.lintText(source, { filePath: "src/core/scope.ts" });
    expect(result?.messages.map(({ ruleId }) => ruleId)).toContain(rule);
  });

  it("allow the command line to print", async () => {
    expect(await rulesOf("src/cli/main.ts")).not.toHaveProperty("no-console");
  });

  it("allow a test to be long", async () => {
    expect(await rulesOf("src/core/scope.test.ts")).not.toHaveProperty("max-lines");
  });
});

async function rulesOf(file: string): Promise<unknown> {
  const config = (await eslint.calculateConfigForFile(file)) as Linter.Config;
  return config.rules;
}
