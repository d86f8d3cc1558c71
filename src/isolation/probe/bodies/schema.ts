/** The slice of JSON Schema, as in OpenAPI 3.0 and 3.1, that bodies are made from; without `$ref`s. */
export interface Schema {
  readonly type?: string | readonly string[];
  readonly format?: string;
  readonly enum?: readonly unknown[];
  readonly const?: unknown;
  readonly example?: unknown;
  readonly examples?: unknown;
  readonly default?: unknown;
  readonly pattern?: string;
  readonly minLength?: number;
  readonly maxLength?: number;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly exclusiveMinimum?: number | boolean;
  readonly multipleOf?: number;
  readonly minItems?: number;
  readonly items?: Schema;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
  readonly allOf?: readonly Schema[];
  readonly oneOf?: readonly Schema[];
  readonly anyOf?: readonly Schema[];
  readonly readOnly?: boolean;
}

/** One schema of all that must hold at once. */
export function flatten(schema: Schema): Schema {
  const parts = [...(schema.allOf ?? []), ...firstOf(schema)].map(flatten);
  if (parts.length === 0) return schema;
  const taken = ["allOf", "oneOf", "anyOf"];
  const own: Schema = Object.fromEntries(
    Object.entries(schema).filter(([name]) => !taken.includes(name)),
  );
  return [...parts, own].reduce((whole, part) => ({
    ...whole,
    ...part,
    properties: { ...whole.properties, ...part.properties },
    required: [...(whole.required ?? []), ...(part.required ?? [])],
  }));
}

/** Of several, the first that is not `null`. */
function firstOf({ oneOf, anyOf }: Schema): readonly Schema[] {
  return (oneOf ?? anyOf ?? []).filter(({ type }) => type !== "null").slice(0, 1);
}

export function typeOf({ type, properties, items, format }: Schema): string {
  const named = typeof type === "string" ? type : type?.find((each) => each !== "null");
  if (named !== undefined) return named;
  if (properties !== undefined) return "object";
  if (items !== undefined) return "array";
  return format === undefined ? "unknown" : "string";
}
