import { parse } from "yaml";
import { unusable } from "../../problem.js";

export type Json = null | boolean | number | string | readonly Json[] | JsonObject;
export interface JsonObject {
  readonly [name: string]: Json | undefined;
}

const largest = 20_000_000;

/** JSON or YAML. @throws {TenantryError} `CONFIG_INVALID` */
export function parseDocument(text: string, from: string): JsonObject {
  if (text.length > largest)
    throw unusable(`${from} is longer than ${largest} characters.`, "Give a smaller document.");
  const document = read(text, from);
  if (isObject(document) && /^3\.[01]/.test(stringOf(document["openapi"]))) return document;
  const swagger = isObject(document) && document["swagger"] !== undefined;
  throw unusable(
    `${from} is no OpenAPI 3.0 or 3.1 document${swagger ? ": it is a Swagger 2 one" : ""}.`,
    swagger
      ? "Convert it to OpenAPI 3 first."
      : "Give one in JSON or YAML, or use --routes or --har.",
  );
}

function read(text: string, from: string): Json {
  try {
    return (/^\s*\{/.test(text) ? JSON.parse(text) : parse(text, { maxAliasCount: 1000 })) as Json;
  } catch (error) {
    throw unusable(
      `${from} is neither JSON nor YAML: ${(error as Error).message.split("\n", 1)[0]!}.`,
      "Check the file.",
    );
  }
}

/** Puts in what `$ref`s within the document point to, down to a depth that no schema of use exceeds. */
export function resolveReferences(value: Json | undefined, document: JsonObject, depth = 12): Json {
  if (depth === 0 || value === undefined) return {};
  if (Array.isArray(value))
    return (value as readonly Json[]).map((each) => resolveReferences(each, document, depth - 1));
  if (!isObject(value)) return value;
  const reference = value["$ref"];
  if (typeof reference === "string")
    return resolveReferences(pointedTo(reference, document), document, depth - 1);
  const entries = Object.entries(value).map(
    ([name, each]) => [name, resolveReferences(each, document, depth - 1)] as const,
  );
  return Object.fromEntries(entries);
}

/** RFC 6901. Other files are not read: what they hold is as good as unknown. */
function pointedTo(reference: string, document: JsonObject): Json | undefined {
  if (!reference.startsWith("#/")) return undefined;
  const steps = reference
    .slice(2)
    .split("/")
    .map((step) => decodeURIComponent(step).replaceAll("~1", "/").replaceAll("~0", "~"));
  return steps.reduce<Json | undefined>(
    (at, step) => (isObject(at) ? at[step] : undefined),
    document,
  );
}

export function isObject(value: unknown): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

export function listOf(value: Json | undefined): readonly Json[] {
  return Array.isArray(value) ? (value as readonly Json[]) : [];
}

export function stringOf(value: Json | undefined): string {
  return typeof value === "string" ? value : "";
}
