import { defineRule, strings, type AstNode, type RuleContext } from "../rule.js";
import { isStatement } from "../sql/looks-like-sql.js";
import { otherParameters, parseWithHoles } from "../sql/fill.js";
import { knownTables } from "../sql/manifest.js";
import type { TenantTables } from "../sql/tenancy.js";
import { unscopedIn } from "../sql/unscoped.js";
import { isScoped } from "../syntax/scoped.js";
import { textOf } from "../syntax/text.js";

interface Options {
  readonly manifest: string | undefined;
  readonly scoped: readonly string[];
  readonly trustJoins: boolean;
  readonly unreadable: "report" | "ignore";
}

export const sqlNamesTenant = defineRule<Options>({
  description: "Require SQL on a tenant's table to say which tenant",
  messages: {
    unscoped:
      "This statement {{verb}} {{table}} and does not compare {{column}}. Add {{column}} to its conditions (not in an OR), or send it through the scoped pool and name that in the option `scoped`.",
    unset:
      "This statement {{verb}} {{table}} and gives no {{column}}. Add it to the columns, or send it through the scoped pool and name that in the option `scoped`.",
    through:
      "This statement {{verb}} {{table}}, which belongs to a tenant through other rows, and no table in it is held to a tenant. Join the one that is.",
    unreadable:
      "This SQL names {{table}} and cannot be read, so nobody knows whether it says which tenant.",
    manifest:
      "Which tables are tenants' is not known: {{problem}}. `tenantry adopt` writes a manifest.",
  },
  options: {
    manifest: { type: "string" },
    scoped: strings,
    trustJoins: { type: "boolean" },
    unreadable: { enum: ["report", "ignore"] },
  },
  defaults: {
    /** Default: the nearest tenantry.manifest.json above the file. */
    manifest: undefined,
    /** What is held to the tenant by the database; SQL sent through it need not say it. */
    scoped: ["tenantry"],
    /** Whether a table that is joined with one of a known tenant counts as held too. */
    trustJoins: false,
    unreadable: "ignore",
  },
  create(context, options) {
    let told = false;
    const check = (node: AstNode) => {
      const text = textOf(node);
      if (text === undefined || !isStatement(text.parts[0] ?? "") || isPart(node)) return;
      const known = knownTables(options.manifest, context.filename, context.cwd);
      if ("tables" in known) {
        checkText(node, text.parts, known.tables, context, options);
      } else if (!told && readsTable(text.parts)) {
        told = true;
        context.report({ node, messageId: "manifest", data: { problem: known.problem } });
      }
    };
    return { Literal: check, TemplateLiteral: check, BinaryExpression: check };
  },
});

/** Whether it is SQL at all, and names a table. */
function readsTable(parts: readonly string[]): boolean {
  const filled = parseWithHoles(parts) ?? parseWithHoles(otherParameters(parts));
  return filled?.statements.some((node) => JSON.stringify(node).includes('"relname"')) === true;
}

/** Of a sum of texts only the whole is a statement. */
function isPart({ parent }: AstNode): boolean {
  return parent?.type === "BinaryExpression" && textOf(parent) !== undefined;
}

function checkText(
  node: AstNode,
  parts: readonly string[],
  tables: TenantTables,
  context: RuleContext,
  options: Options,
): void {
  const named = namedIn(parts, tables);
  if (named === undefined || isScoped(node, options.scoped, context)) return;
  const filled = parseWithHoles(parts) ?? parseWithHoles(otherParameters(parts));
  if (filled === undefined) {
    if (options.unreadable === "report") {
      context.report({ node, messageId: "unreadable", data: { table: named } });
    }
    return;
  }
  for (const statement of filled.statements) {
    for (const { table, verb } of unscopedIn(statement, tables, options)) {
      // A piece of SQL that is put in may hold the condition; of an insert's columns nobody knows.
      if (filled.hasFragments && mayHold(parts)) return;
      const messageId = table.through ? "through" : verb === "writes" ? "unset" : "unscoped";
      context.report({ node, messageId, data: { verb, table: table.name, column: table.column } });
    }
  }
}

/** Whether a hole stands where a condition could. */
function mayHold(parts: readonly string[]): boolean {
  return parts
    .slice(0, -1)
    .some((part) => /\b(?:where|and|on|having)\s*\(*\s*$|[)\s\w"]\s*$/i.test(part));
}

/** The first tenant's table whose name stands in the text: most SQL needs no parsing to be passed. */
function namedIn(parts: readonly string[], tables: TenantTables): string | undefined {
  const words = new Set(parts.join(" ").match(/[\p{L}_][\p{L}\p{N}_$]*/gu));
  const lower = new Set([...words].map((word) => word.toLowerCase()));
  for (const name of tables.keys()) {
    const bare = name.slice(name.indexOf(".") + 1);
    if (words.has(bare) || lower.has(bare)) return name;
  }
  return undefined;
}
