import { join } from "node:path";
import { RuleTester } from "eslint";
import tseslint from "typescript-eslint";
import { describe, it } from "vitest";
import plugin from "tenantry/eslint";

RuleTester.describe = describe;
RuleTester.it = it;

export const manifest = join(import.meta.dirname, "manifest.json");

interface Case {
  readonly code: string;
  readonly filename?: string;
  readonly options?: readonly object[];
}

interface Invalid extends Case {
  /** The ids of the messages, in their order. */
  readonly says: readonly string[];
}

interface Cases {
  readonly valid: readonly (Case | string)[];
  readonly invalid: readonly Invalid[];
  /** Code with types or JSX, which the default parser cannot read. */
  readonly typed?: Omit<Cases, "typed">;
}

const parsers = [
  ["the default parser", {}],
  ["typescript-eslint's parser", { parser: tseslint.parser }],
] as const;

/** Runs the cases with both parsers, and those with types with the one that reads them. */
export function runRule(name: string, { typed, ...cases }: Cases): void {
  const rule = plugin.rules[name];
  if (rule === undefined) throw new Error(`There is no rule ${name}.`);
  for (const [parser, options] of parsers) {
    const tester = new RuleTester({
      languageOptions: { ecmaVersion: "latest", sourceType: "module", ...options },
    });
    describe(`with ${parser}`, () => {
      tester.run(name, rule, complete(cases));
      if (typed !== undefined && "parser" in options)
        tester.run(`${name} on TypeScript`, rule, complete(typed));
    });
  }
}

function complete({ valid, invalid }: Omit<Cases, "typed">) {
  const plain = (each: Case | string) => {
    const { options, ...rest } = typeof each === "string" ? { code: each } : each;
    return {
      filename: join(import.meta.dirname, "code.ts"),
      ...rest,
      ...(options ? { options: [...options] } : {}),
    };
  };
  return {
    valid: valid.map(plain),
    invalid: invalid.map(({ says, ...each }) => ({
      ...plain(each),
      errors: says.map((messageId) => ({ messageId })),
    })),
  };
}
