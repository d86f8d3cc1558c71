import type { Node } from "../../sql/parse.js";
import type { Model, Place } from "../model/model.js";

/** One statement being replayed. */
export interface Step {
  readonly model: Model;
  /** The statement as it is written. */
  readonly text: string;
  /** Where the statement begins. */
  readonly place: Place;
  /** Where a part of it stands, from the parser's `location`. */
  readonly at: (location: number | undefined) => Place;
}

type KindsOf<N> = N extends unknown ? keyof N : never;
export type Kind = KindsOf<Node>;
export type NodeOf<K extends Kind> = Node extends infer N
  ? N extends Record<K, infer Value>
    ? Value
    : never
  : never;

export type Entry = readonly [Kind, (node: Node, step: Step) => void];

/** What to do with one kind of statement. */
export function on<K extends Kind>(kind: K, handle: (value: NodeOf<K>, step: Step) => void): Entry {
  return [kind, (node, step) => handle((node as Record<K, NodeOf<K>>)[kind], step)];
}
