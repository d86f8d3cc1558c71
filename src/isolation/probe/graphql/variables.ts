import type { Schema } from "../bodies/schema.js";
import type { GraphqlOperation, Input } from "./operation.js";

type Value = Readonly<Record<string, unknown>>;

/**
 * The variables of a request.
 * @param texts values as a path or a query has them; they win over those of the body
 * @param body by the names of the inputs; what the operation does not take is left out
 */
export function variablesOf(
  { inputs, usual }: GraphqlOperation,
  texts: Readonly<Record<string, string>>,
  body: unknown,
): Value {
  const fields = typeof body === "object" && body !== null ? (body as Value) : {};
  return inputs.reduce<Value>((variables, input) => {
    const text = texts[input.name];
    const value = text === undefined ? fields[input.name] : fromText(text, input.schema);
    return value === undefined ? variables : placed(variables, input, value);
  }, usual);
}

function placed(variables: Value, { paths }: Input, value: unknown): Value {
  return paths.reduce((kept, path) => put(kept, path, value), variables);
}

function put(into: Value, [first = "", ...rest]: readonly string[], value: unknown): Value {
  if (rest.length === 0) return { ...into, [first]: value };
  const inner = into[first];
  const known = typeof inner === "object" && inner !== null ? (inner as Value) : {};
  return { ...into, [first]: put(known, rest, value) };
}

function fromText(text: string, { type, items }: Schema): unknown {
  if (type === "array") return text.split(",").map((each) => fromText(each, items ?? {}));
  if (type === "boolean") return text === "true";
  const isNumber = (type === "integer" || type === "number") && /^-?\d{1,15}(\.\d+)?$/.test(text);
  return isNumber ? Number(text) : text;
}
