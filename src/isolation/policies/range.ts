import type { Node } from "../sql/parse.js";
import type { Relation } from "../catalog/relation.js";
import type { Role } from "../catalog/roles.js";
import type { Subject } from "../subject/subject.js";
import type { Value } from "./atom.js";
import type { Formula } from "./formula.js";

/** A table as one expression reads it: the row under the policy, or one of a sub-select. */
export interface Range {
  readonly id: number;
  /** Undefined for what is no table: a function, a CTE, a sub-select. */
  readonly relation: Relation | undefined;
  readonly alias: string;
  /** The row that the policy is asked about. */
  readonly isRow: boolean;
  /** Of a sub-select, a CTE or a function in FROM: the values of one of its columns. */
  readonly derived?: (column: string) => readonly Possible[];
}

/** An argument, with where its names are looked up. */
export interface Argument {
  readonly node: Node;
  readonly scope: Scope;
}

/** Where a piece of an expression stands. */
export interface Scope {
  readonly analysis: Analysis;
  /** The innermost first. */
  readonly ranges: readonly Range[];
  /** By name and by number, of the function whose body this is. */
  readonly parameters: ReadonlyMap<string, readonly Argument[]>;
  /** Whose rights and whose row security apply: of a SECURITY DEFINER body its owner's. */
  readonly executor: Role;
  /** How many function bodies this stands in. */
  readonly depth: number;
  /** Variables that are being looked up: one that is set from itself is not followed round. */
  readonly resolving: readonly (readonly Argument[])[];
  /** Sub-selects of WITH, by name. */
  readonly named: ReadonlyMap<string, Argument>;
}

/** One value that a piece of an expression can have, and what holds when it has it. */
export interface Possible {
  readonly value: Value;
  readonly given: Formula;
}

/** What reads what: the pieces call one another through this, as expressions nest. */
export interface Readers {
  /** The values that an expression can have. */
  readonly values: (node: Node, scope: Scope) => readonly Possible[];
  /** The values of an array's elements, or of a sub-select's rows. */
  readonly elements: (node: Node, scope: Scope) => readonly Possible[];
  /** When it is true, or with `negated` when it is false. */
  readonly condition: (node: Node, scope: Scope, negated: boolean) => Formula;
  /** When a table shows a row to the executor: what its own policies for SELECT imply. */
  readonly visible: (range: Range, scope: Scope) => Formula;
}

/** One reading of one expression for one role. */
export interface Analysis {
  readonly readers: Readers;
  readonly subject: Subject;
  /** As current_user would name it. */
  readonly role: Role;
  /** As session_user would. */
  readonly login: Role;
  nextRange: number;
  /** Tables whose policies are being read, the outermost first: a policy that comes back to one is recursive. */
  readonly reading: readonly number[];
}

export function newRange(
  analysis: Analysis,
  relation: Relation | undefined,
  alias: string,
  more: Partial<Pick<Range, "isRow" | "derived">> = {},
): Range {
  analysis.nextRange += 1;
  return { id: analysis.nextRange, relation, alias, isRow: false, ...more };
}

/** Where the pieces of a procedure's path are read: its variables stand for what they are set to. */
export function pathScope(scope: Scope, variables: ReadonlyMap<string, readonly Node[]>): Scope {
  const parameters = new Map(scope.parameters);
  const within: Scope = { ...scope, parameters };
  for (const [name, nodes] of variables) {
    parameters.set(
      name,
      nodes.map((node) => ({ node, scope: within })),
    );
  }
  return within;
}
