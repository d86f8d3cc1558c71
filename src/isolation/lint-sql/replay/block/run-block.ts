import { parseExpression } from "../../../sql/parse.js";
import { rowsOf } from "./rows.js";
import { expressionOf, nodesOf, queryOf, type PlNode } from "./tree.js";
import { truthOf } from "./truth.js";
import { textIn, type Lookup } from "./values.js";
import { Variables } from "./variables.js";

/** One statement that a DO block runs. */
export interface Inner {
  /** Undefined: put together from what is not known here. */
  readonly sql: string | undefined;
  /** What it is put together from, as the block has it; undefined: written out. */
  readonly from: string | undefined;
  /** Of the body, from 1. */
  readonly line: number;
  /** What its variables hold. */
  readonly lookup: Lookup;
}

type Signal = "on" | "continue" | "exit";

/** More is not followed: loops in loops multiply. */
const mostSteps = 10_000;
const mostRounds = 1_000;

/**
 * Goes through a block's statements in their order, loops over constants round by round. Where a
 * condition hangs on what only a server knows, both branches are taken to run, for most ask whether
 * the work was done before; what handles an exception is not.
 */
export function runBlock(datums: readonly PlNode[], action: unknown): readonly Inner[] {
  const block = new Block(new Variables(datums, action));
  block.run(nodesOf([action]));
  if (block.steps <= mostSteps) return block.found;
  return [...block.found, { sql: undefined, from: "", line: 1, lookup: () => undefined }];
}

class Block {
  readonly found: Inner[] = [];
  steps = 0;
  readonly #variables: Variables;

  constructor(variables: Variables) {
    this.#variables = variables;
  }

  run(statements: readonly PlNode[]): Signal {
    for (const statement of statements) {
      const signal = this.#one(statement);
      if (signal !== "on") return signal;
    }
    return "on";
  }

  #one(statement: PlNode): Signal {
    const { kind, parts } = statement;
    this.steps += 1;
    if (this.steps > mostSteps) return "on";
    switch (kind) {
      case "block":
        return this.run(nodesOf(parts["body"]));
      case "if":
        return this.#branch(statement, [
          { cond: parts["cond"], body: parts["then_body"] },
          ...nodesOf(parts["elsif_list"]).map((each) => ({
            cond: each.parts["cond"],
            body: each.parts["stmts"],
          })),
          { cond: undefined, body: parts["else_body"] },
        ]);
      case "exit":
        return this.#leave(parts);
      case "assign":
        this.#variables.assign(statement);
        return "on";
      case "foreach_a":
        this.#each(statement, this.#variables.listOf(parts["expr"]), (text) =>
          this.#variables.setAt(parts["varno"], text),
        );
        return "on";
      case "fors":
        this.#each(
          statement,
          rowsOf(queryOf(parts["query"]) ?? "", this.#variables.lookup),
          (row) => this.#variables.setRow(parts["var"], row),
        );
        return "on";
      case "fori":
        this.#each(statement, this.#numbers(parts), (number) =>
          this.#variables.setRow(parts["var"], new Map([["number", number]])),
        );
        return "on";
      default:
        this.#other(statement);
        return "on";
    }
  }

  #branch(
    whole: PlNode,
    branches: readonly { readonly cond: unknown; readonly body: unknown }[],
  ): Signal {
    const before = this.#variables.copy();
    let uncertain = false;
    for (const { cond, body } of branches) {
      const holds = cond === undefined ? true : truthOf(expressionOf(cond), this.#variables.lookup);
      if (holds === false) continue;
      const signal = this.run(nodesOf(body));
      if (holds === true && !uncertain) return signal;
      uncertain = true;
      this.#variables.restore(before);
      if (holds === true) break;
    }
    this.#variables.forget(this.#variables.assignedIn(whole.parts));
    return "on";
  }

  #leave({ is_exit: isExit, cond, label }: PlNode["parts"]): Signal {
    const holds = cond === undefined || truthOf(expressionOf(cond), this.#variables.lookup);
    return holds === true && label === undefined ? (isExit === true ? "exit" : "continue") : "on";
  }

  #each<Item>(loop: PlNode, items: readonly Item[] | undefined, set: (item: Item) => void): void {
    if (items === undefined) return this.#unknownRounds(loop);
    for (const item of items) {
      set(item);
      if (this.run(nodesOf(loop.parts["body"])) === "exit" || this.steps > mostSteps) return;
    }
  }

  /** Of `for i in 1..8`. */
  #numbers({ lower, upper, step, reverse }: PlNode["parts"]): readonly string[] | undefined {
    const [first, last] = [lower, upper].map((bound) =>
      Number(textIn(expressionOf(bound), this.#variables.lookup) ?? Number.NaN),
    ) as [number, number];
    if (step !== undefined || reverse !== undefined || !(last - first < mostRounds))
      return undefined;
    return Array.from({ length: Math.max(0, last - first + 1) }, (_, index) => `${first + index}`);
  }

  /** Of its rounds nothing is known: one is gone through with what no round changes. */
  #unknownRounds({ parts }: PlNode): void {
    const changed = this.#variables.assignedIn(parts);
    this.#variables.forget(changed);
    this.run(nodesOf(parts["body"]));
    this.#variables.forget(changed);
  }

  #other(statement: PlNode): void {
    const { kind, parts } = statement;
    if (kind === "execsql") this.#push(statement, queryOf(parts["sqlstmt"]), undefined);
    else if (kind === "perform") this.#push(statement, queryOf(parts["expr"]), undefined);
    else if (kind === "dynexecute") {
      const from = queryOf(parts["query"]) ?? "";
      this.#push(statement, textIn(parseExpression(from), this.#variables.lookup), from);
    } else if (kind === "dynfors") this.#push(statement, undefined, queryOf(parts["query"]) ?? "");
    this.#variables.forget(this.#variables.assignedIn(parts["target"] ? parts : {}));
    if (Array.isArray(parts["body"])) this.#unknownRounds(statement);
    for (const when of nodesOf(parts["case_when_list"])) this.#unknownRounds(asBody(when));
    if (parts["else_stmts"] !== undefined) this.#unknownRounds(asBody(statement));
  }

  #push({ line }: PlNode, sql: string | undefined, from: string | undefined): void {
    const values = this.#variables.copy();
    const { lookup } = this.#variables;
    this.found.push({ sql, from, line, lookup: (name) => values.get(name) ?? lookup(name) });
  }
}

/** The branches of CASE keep their statements under other names. */
function asBody(branch: PlNode): PlNode {
  return { ...branch, parts: { body: branch.parts["stmts"] ?? branch.parts["else_stmts"] } };
}
