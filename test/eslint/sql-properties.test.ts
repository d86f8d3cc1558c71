import { join } from "node:path";
import { Linter } from "eslint";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import plugin from "tenantry/eslint";
import { manifest } from "./rule-tester.js";

const linter = new Linter();
const config = {
  plugins: { tenantry: plugin },
  rules: { "tenantry/sql-names-tenant": ["error", { manifest }] },
} as unknown as Linter.Config;

/** How many statements of a file the rule finds fault with. */
function faultsIn(code: string): number {
  const messages = linter.verify(code, config, join(import.meta.dirname, "code.js"));
  expect(messages.filter(({ fatal }) => fatal === true)).toEqual([]);
  return messages.length;
}

const faultsInSql = (sql: string) => faultsIn(`pool.query(${JSON.stringify(sql)}, values);`);

/** A condition, and when it is true. */
interface Condition {
  readonly sql: string;
  holds(facts: Facts): boolean;
}
type Facts = Readonly<Record<"own" | "a" | "b", boolean>>;

const atoms: readonly Condition[] = [
  { sql: "tenant_id = $1", holds: ({ own }) => own },
  { sql: "p.tenant_id IN ($1)", holds: ({ own }) => own },
  { sql: "name = $2", holds: ({ a }) => a },
  { sql: "p.is_public", holds: ({ b }) => b },
];

const { grown, negated } = fc.letrec<{ grown: Condition; negated: Condition }>((tie) => ({
  grown: fc.oneof({ maxDepth: 3 }, fc.constantFrom(...atoms), joined(tie("grown"))),
  negated: fc.oneof(
    { maxDepth: 3 },
    fc.constantFrom(...atoms),
    joined(tie("negated")),
    tie("negated").map(({ sql, holds }) => ({
      sql: `NOT (${sql})`,
      holds: (facts: Facts) => !holds(facts),
    })),
  ),
}));

function joined(part: fc.Arbitrary<Condition>): fc.Arbitrary<Condition> {
  return fc.tuple(fc.boolean(), part, part).map(([both, left, right]) => ({
    sql: `(${left.sql} ${both ? "AND" : "OR"} ${right.sql})`,
    holds: (facts) =>
      both ? left.holds(facts) && right.holds(facts) : left.holds(facts) || right.holds(facts),
  }));
}

/** Whether it lets a row of another tenant through, whatever else is true of it. */
function leaks({ holds }: Condition): boolean {
  const truths = [false, true];
  return truths.some((a) => truths.some((b) => holds({ own: false, a, b })));
}

const statement = fc.constantFrom(
  (condition: string) => `select * from projects p where ${condition}`,
  (condition: string) => `update projects p set name = $3 where ${condition}`,
  (condition: string) => `delete from projects p where ${condition}`,
  (condition: string) => `with x as (select * from projects p where ${condition}) select * from x`,
  (condition: string) => `select 1 where exists (select from projects p where ${condition})`,
);

describe("sql-names-tenant", () => {
  it("finds fault with AND and OR exactly where they let another tenant's row through", () => {
    fc.assert(
      fc.property(statement, grown, (write, condition) => {
        expect(faultsInSql(write(condition.sql))).toBe(leaks(condition) ? 1 : 0);
      }),
      { numRuns: 300 },
    );
  });

  it("is never silent where NOT lets another tenant's row through", () => {
    fc.assert(
      fc.property(statement, negated, (write, condition) => {
        if (leaks(condition)) expect(faultsInSql(write(condition.sql))).toBe(1);
      }),
      { numRuns: 300 },
    );
  });

  it("finds the same fault in a template, whose values are holes", () => {
    fc.assert(
      fc.property(statement, grown, (write, condition) => {
        const text = write(condition.sql).replaceAll(/\$(\d)/g, "${values[$1]}");
        expect(faultsIn(`sql\`${text}\`;`)).toBe(leaks(condition) ? 1 : 0);
      }),
      { numRuns: 200 },
    );
  });

  it("reads any text without failing", () => {
    const words = fc.constantFrom("select", "from", "projects", "where", "(", "'", '"', "$1", "--");
    const text = fc.array(fc.oneof(words, fc.string({ maxLength: 6 })), { maxLength: 12 });
    fc.assert(
      fc.property(text, (pieces) => {
        faultsInSql(`select ${pieces.join(" ")}`);
      }),
      { numRuns: 300 },
    );
  });
});
