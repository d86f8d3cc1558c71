import type { Schema } from "../bodies/schema.js";

/** A root field of a GraphQL schema, with all that a request of it needs. */
export interface GraphqlOperation {
  readonly kind: "query" | "mutation";
  readonly field: string;
  /** As `query node (Project)`. */
  readonly title: string;
  /** The path that takes requests, below the base URL. */
  readonly endpoint: string;
  readonly args: readonly Argument[];
  /** What is asked of the field's value; empty where that is a plain one. */
  readonly selection: string;
  readonly inputs: readonly Input[];
  /** Variables that are sent unless there is something better: what is required, and the sizes of pages. */
  readonly usual: Readonly<Record<string, unknown>>;
}

export interface Argument {
  readonly name: string;
  /** In the schema's own words, as `[ID!]!`. */
  readonly type: string;
}

/** A plain value, or a list, somewhere within the arguments. */
export interface Input {
  /** As a path, a query or a body would call it: `projectId`. */
  readonly name: string;
  /** Where it stands among the variables, as `input`, `projectId`. One value may be asked for twice. */
  readonly paths: readonly (readonly string[])[];
  readonly required: boolean;
  readonly schema: Schema;
}
