import { runBlock, type Inner } from "./block/run-block.js";
import { nodeOf, nodesOf } from "./block/tree.js";
import { textOf } from "../../sql/nodes.js";
import { plpgsqlTree } from "../../sql/plpgsql.js";
import type { NodeOf } from "./step.js";

export interface DoBody {
  readonly body: string;
  /** Undefined: in another language, or not readable. */
  readonly inner: readonly Inner[] | undefined;
}

/** Takes a DO block apart into the statements that it runs, in their order. */
export function readDoBlock({ args }: NodeOf<"DoStmt">): DoBody {
  const options = new Map(
    (args ?? []).flatMap((node) =>
      "DefElem" in node ? [[node.DefElem.defname ?? "", textOf(node.DefElem.arg)] as const] : [],
    ),
  );
  const body = options.get("as") ?? "";
  if ((options.get("language") ?? "plpgsql") !== "plpgsql") return { body, inner: undefined };
  const tag = tagOutside(body);
  const made = `create function do_block() returns void language plpgsql as ${tag}${body}${tag}`;
  const tree = plpgsqlTree(made);
  return { body, inner: tree === undefined ? undefined : innerOf(tree) };
}

function tagOutside(body: string): string {
  let tag = "$do_block$";
  while (body.includes(tag)) tag = tag.replace("_block", "_block_");
  return tag;
}

function innerOf(tree: unknown): readonly Inner[] {
  const { plpgsql_funcs: functions } = tree as { readonly plpgsql_funcs?: unknown };
  return nodesOf(functions).flatMap(({ parts }) => {
    const { datums, action } = parts;
    return nodeOf(action) === undefined ? [] : runBlock(nodesOf(datums), action);
  });
}
