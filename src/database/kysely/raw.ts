import { randomBytes } from "node:crypto";
import { requireReason } from "../../core/enter.js";
import { refused } from "../session/failures.js";
import { whyUnfit } from "../orm/raw-text.js";
import { isNode, nodesOf, type Node } from "./nodes.js";
import type { KyselyNode } from "./slices.js";

/** Not to be known from outside, so that no text that reached `sql.raw` passes for the mark. */
const markText = `/* tenantry: unscoped ${randomBytes(12).toString("hex")} */`;

/** What Kysely's `sql` takes between its pieces. */
export interface UnscopedMark {
  readonly expressionType: undefined;
  toOperationNode(): never;
}

/**
 * Names a piece of raw SQL as one that the extension does not look into: its author sees to the
 * tenant himself. Row security holds all the same.
 *
 * ```
 * sql`${unscopedSql("monthly figures")} select count(*) from project`.execute(db)
 * ```
 * @param reason in words, 1000 characters at most
 * @throws {TenantryError} `REASON_REQUIRED`
 */
export function unscopedSql(reason: string): UnscopedMark {
  requireReason(reason, "unscopedSql");
  const node: KyselyNode & { sqlFragments: string[]; parameters: never[] } = {
    kind: "RawNode",
    sqlFragments: [markText],
    parameters: [],
  };
  return { expressionType: undefined, toOperationNode: () => node as never };
}

export const fragmentsOf = (node: Node): readonly string[] => node["sqlFragments"] as string[];

const isMark = (node: Node): boolean =>
  node.kind === "RawNode" && fragmentsOf(node).length === 1 && fragmentsOf(node)[0] === markText;

export function isMarked(node: unknown): boolean {
  return isNode(node) && node.kind === "RawNode" && nodesOf(node["parameters"]).some(isMark);
}

/** The same without its mark. */
export function withoutMark(node: Node): Node {
  const parameters = nodesOf(node["parameters"]).map((parameter) =>
    isMark(parameter) ? { ...parameter, sqlFragments: [""] } : parameter,
  );
  return { ...node, parameters };
}

/** What Kysely's own helpers write: `jsonArrayFrom` and `jsonObjectFrom`, round a query. */
const helpers: readonly (readonly [string, string])[] = [
  ["(select coalesce(json_agg(agg), '[]') from ", " as agg)"],
  ["(select to_json(obj) from ", " as obj)"],
];

function isHelper(node: Node): boolean {
  const [before, after, ...more] = fragmentsOf(node);
  const [query, ...others] = nodesOf(node["parameters"]);
  return (
    helpers.some(([start, end]) => start === before && end === after) &&
    more.length === 0 &&
    others.length === 0 &&
    query?.kind === "SelectQueryNode"
  );
}

/** @throws {TenantryError} `STATEMENT_REFUSED` where it may reach rows that no filter was put on */
export function assertFit(node: Node): void {
  const why = isHelper(node) ? null : whyUnfit(fragmentsOf(node));
  if (why !== null) throw refusedRaw(why);
}

export function refusedRaw(why: string): Error {
  return refused(
    `Raw SQL that may name tables (${why})`,
    "Use the query builder, or say sql`${unscopedSql(reason)} …` and see to the tenant there.",
  );
}
