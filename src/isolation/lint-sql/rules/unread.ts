import type { Finding } from "../../report/finding.js";
import type { Unread } from "../model/model.js";
import { bareName } from "../replay/names.js";
import { finding, type Check, type Context, type LintRule } from "./rule.js";

const statement: LintRule = {
  id: "L35",
  name: "statement-not-understood",
  severity: "medium",
  gaps: [],
  title: "A statement cannot be read",
  meaning:
    "PostgreSQL 18's own parser does not take it, so what it does was not counted: it may open what the rest protects.",
};

const meta: LintRule = {
  id: "L36",
  name: "psql-command",
  severity: "low",
  gaps: [],
  title: "A command to psql was skipped",
  meaning: "What it brings in, as \\i does, was not read.",
};

const dynamic: LintRule = {
  id: "L37",
  name: "dynamic-sql-not-understood",
  severity: "low",
  gaps: [],
  title: "SQL is put together while it runs",
  meaning: "Only a database can tell what it does there. `tenantry audit` looks at the outcome.",
};

function of(unread: Unread, context: Context): Finding[] {
  const { kind, problem, text, place } = unread;
  const subject = place.file;
  if (kind === "meta") {
    const message = `${problem} is for psql and was skipped.`;
    const mend = "Name what it includes on the command line, in its order.";
    return [finding(meta, subject, place, message, mend, { detail: `${place.line}` })];
  }
  if (kind === "statement") {
    const message = `Not understood: ${problem}.`;
    const mend = "Write it in PostgreSQL's SQL, or look at what it does with tenantry audit.";
    return [finding(statement, subject, place, message, mend, { detail: `${place.line}` })];
  }
  const named = tenantTablesIn(text, context);
  if (named.length === 0 && !/row\s+level\s+security|policy|grant\b/i.test(text)) return [];
  const about = named.length === 0 ? "" : ` It names ${named.slice(0, 5).join(", ")}.`;
  const message = `Not understood: ${problem}.${about}`;
  const mend = "Write out its statements, or check the outcome with tenantry audit.";
  return [finding(dynamic, subject, place, message, mend, { detail: `${place.line}` })];
}

function tenantTablesIn(text: string, { tenancy }: Context): string[] {
  const words = new Set(text.match(/[\p{L}_][\p{L}\p{N}_$]*/gu));
  return tenancy.tenantTables.map(({ name }) => name).filter((name) => words.has(bareName(name)));
}

export const unreadChecks: readonly Check[] = [
  {
    rules: [statement, meta, dynamic],
    find: (context) => context.model.unread.flatMap((unread) => of(unread, context)),
  },
];
