import type { GraphqlOperation } from "./operation.js";

/** Asks for the field under each alias, with variables whose names begin with it. */
export function aliasedDocument(operation: GraphqlOperation, aliases: readonly string[]): string {
  const parts = aliases.map((alias) => partOf(operation, `${alias}_`));
  const fields = parts.map(({ call }, index) => `${aliases[index]!}: ${call}`);
  return wrap(
    operation.kind,
    parts.flatMap(({ declared }) => declared),
    fields,
  );
}

export function documentOf(operation: GraphqlOperation): string {
  const { declared, call } = partOf(operation, "");
  return wrap(operation.kind, declared, [call]);
}

function partOf({ field, args, selection }: GraphqlOperation, prefix: string) {
  const given = args.map(({ name }) => `${name}: $${prefix}${name}`);
  const list = given.length === 0 ? "" : `(${given.join(", ")})`;
  return {
    declared: args.map(({ name, type }) => `$${prefix}${name}: ${type}`),
    call: `${field}${list}${selection === "" ? "" : ` ${selection}`}`,
  };
}

function wrap(kind: string, declared: readonly string[], fields: readonly string[]): string {
  const variables = declared.length === 0 ? "" : ` (${declared.join(", ")})`;
  return `${kind}${variables} { ${fields.join(" ")} }`;
}
