import { checks } from "../../src/isolation/checks/index.js";
import { lintRules } from "../../src/isolation/lint-sql/rules/index.js";
import { attacks } from "../../src/isolation/prover/rules.js";
import { rules as probeRules } from "../../src/isolation/probe/rules.js";
import type { Rule } from "../../src/isolation/report/finding.js";
import { catalogue } from "./catalogue.js";
import { coverage } from "./coverage.js";

const tools = ["audit", "prove", "lint", "probe"] as const;
const severities = { C: "critical", H: "high", M: "medium", L: "low" } as const;

/** The text of docs/checks.md, from the rules themselves. */
export function checksPage(): string {
  return [
    "# What is checked",
    "<!-- Written by test/docs/checks.test.ts: `npx vitest run test/docs/checks.test.ts -u`. -->",
    `Every way that we know in which the isolation of tenants fails, and which tool finds it: [\`tenantry
audit\`](audit.md) reads the catalogs, [\`tenantry prove\`](prove.md) tries it in a transaction that is
rolled back, [lint](lint.md) reads migrations and code, [\`tenantry probe\`](probe.md) tries it over
HTTP. A cell lists the rules that cover the gap, in part or whole.`,
    ...catalogue.flatMap(([title, rows]) => [`## ${title}`, tableOf(rows)]),
    "## What nothing covers",
    uncovered(),
    "## The checks of audit",
    ruleList(checks),
    "## The attacks of prove",
    ruleList(Object.values(attacks)),
    "## The rules of lint-sql",
    ruleList(lintRules),
    "The rules for code are described in [lint.md](lint.md).",
    "## The rules of probe",
    ruleList(Object.values(probeRules)),
    "",
  ].join("\n\n");
}

function tableOf(rows: (typeof catalogue)[number][1]): string {
  const covered = coverage();
  const lines = rows.map(([id, gap, severity]) => {
    const cells = tools.map((tool) => covered[tool]?.get(id)?.join(", ") ?? "");
    return `| ${[id, gap, severities[severity], ...cells].join(" | ")} |`;
  });
  return [
    `| id | gap | severity | ${tools.join(" | ")} |`,
    `|${" --- |".repeat(7)}`,
    ...lines,
  ].join("\n");
}

/** The rows that no tool covers, with why. */
const reasons: Readonly<Record<string, string>> = {
  F2: "nested scopes are refused by Tenantry's own context and pool, whose tests show it; a database cannot tell",
  F4: "a statement that was sent outside of its transaction leaves no trace; Tenantry's pool sends scope and statement as one",
  F5: "Tenantry's pool refuses a cursor that another scope goes on reading; a database cannot tell",
  F6: "a habit of people, not a state; `adopt` and the operator's door are what replaces it",
  O5: "the adapters for queues seal and check every job, and their tests show it; jobs that go round them are not found yet",
  O8: "only what an API answers is searched, by probe; logs, object stores and sockets are not looked at",
};

function uncovered(): string {
  const covered = coverage();
  const rows = catalogue.flatMap(([, each]) => each);
  const open = rows.filter(([id]) => !tools.some((tool) => covered[tool]?.has(id)));
  return open
    .map(([id, gap]) => `- **${id}** ${gap}: ${reasons[id] ?? "NO REASON GIVEN"}.`)
    .join("\n");
}

function ruleList(rules: readonly Rule[]): string {
  return rules
    .map(({ id, title, severity, meaning }) => `- **${id}** (${severity}) ${title}. ${meaning}`)
    .join("\n");
}
