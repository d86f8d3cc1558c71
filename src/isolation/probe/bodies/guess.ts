import { nounOfReference } from "../things/nouns.js";
import type { Schema } from "./schema.js";
import { synthesise, type Source } from "./synthesise.js";

/** What servers set themselves. */
const theirs =
  /^(_?id|uuid|created|updated|deleted|.*(_at|At)|.*_?by|version|etag|url|links?|_.*|next|prev|total|count)$/i;

/** A body like a record that was seen, with other texts in it. */
export function bodyLike(
  fields: Readonly<Record<string, string>>,
  source: Source,
): Record<string, unknown> {
  const own = Object.entries(fields).filter(([name]) => !theirs.test(name));
  return Object.fromEntries(
    own.map(([name, value]) => [
      name,
      isFreeText(name, value)
        ? synthesise({ type: "string" }, name, source)
        : plain(value, name, source),
    ]),
  );
}

/** Free text has a space, or a name that says so; a single short word may be one of a few. */
function isFreeText(name: string, value: string): boolean {
  return (
    /\s/.test(value) ||
    /^(name|title|label|subject|description|summary|body|content|text|slug|note|comment|message|email)$/i.test(
      name,
    )
  );
}

function plain(value: string, name: string, { referenceTo }: Source): unknown {
  const noun = nounOfReference(name);
  const own = noun === null ? undefined : referenceTo(noun);
  const chosen = own ?? value;
  return /^-?\d+(\.\d+)?$/.test(chosen) ? Number(chosen) : chosen;
}

/** Puts canaries into an example's free texts, and the sender's own ids where it names others. */
export function freshen(example: unknown, source: Source): unknown {
  if (Array.isArray(example)) return example.map((each) => freshen(each, source));
  if (typeof example !== "object" || example === null) {
    return typeof example === "string" ? example.replaceAll("{{canary}}", source.canary) : example;
  }
  return Object.fromEntries(
    Object.entries(example).map(([name, value]: [string, unknown]) => [
      name,
      freshField(name, value, source),
    ]),
  );
}

function freshField(name: string, value: unknown, source: Source): unknown {
  if (typeof value === "object") return freshen(value, source);
  const noun = nounOfReference(name);
  const id = noun === null ? undefined : source.referenceTo(noun);
  if (id !== undefined) return typeof value === "number" ? Number(id) : id;
  if (typeof value !== "string") return value;
  if (value.includes("{{canary}}")) return value.replaceAll("{{canary}}", source.canary);
  return isFreeText(name, value) ? synthesise({ type: "string" }, name, source) : value;
}

/**
 * What a refusal asks for: the fields that it names. A name is taken from `path`, `field` and their like, and
 * from words in quotes or before "is required".
 */
export function namedIn(refusal: string): readonly string[] {
  const patterns = [
    /"(?:path|field|param|property|loc|instancePath|missingProperty|key|name|attribute|pointer)"\s*:\s*(?:\[\s*(?:"body"\s*,\s*)?)?"\/?(?:body[/.])?([A-Za-z_]\w{0,60})"/g,
    /[`'‘“]([A-Za-z_]\w{0,60})[`'’”]/g,
    /\\"([A-Za-z_]\w{0,60})\\"/g,
    /\b([A-Za-z_]\w{0,60}) (?:is|are|was|field|must|should|can't|cannot|may not)\b/g,
    /(?:missing|required|field|property|parameter|invalid)(?: \w+)?:? ["'`]?([A-Za-z_]\w{0,60})\b/gi,
    /"([A-Za-z_]\w{0,60})"\s*:\s*\[\s*"/g,
  ];
  const words = patterns.flatMap((pattern) =>
    [...refusal.matchAll(pattern)].map(([, word]) => word!),
  );
  return [...new Set(words)].filter((word) => !ordinary.has(word.toLowerCase())).slice(0, 20);
}

const ordinary = new Set(
  [
    "it",
    "is",
    "this",
    "that",
    "which",
    "body",
    "request",
    "error",
    "errors",
    "value",
    "field",
    "fields",
    "property",
    "parameter",
    "required",
    "missing",
    "invalid",
    "string",
    "number",
    "object",
    "array",
    "message",
    "code",
    "input",
    "expected",
    "received",
    "undefined",
    "null",
    "the",
    "a",
    "an",
    "and",
    "what",
    "there",
    "json",
    "type",
    "bad",
    "details",
    "title",
    "status",
  ].filter((word) => !["title", "status", "message", "code", "type"].includes(word)),
);

/** A value for a field of which only the name, and what was said about it, is known. */
export function valueFor(name: string, refusal: string, source: Source): unknown {
  const near = refusal.slice(Math.max(0, refusal.indexOf(name) - 120), refusal.indexOf(name) + 200);
  return synthesise(schemaIn(near, name), name, source);
}

function schemaIn(text: string, name: string): Schema {
  const choices =
    /(?:one of|expected|allowed)[^"'`]{0,30}((?:["'`][\w-]+["'`](?:[,|]| or|\s)*){2,})/i
      .exec(text)?.[1]
      ?.match(/[\w-]+(?=["'`])/g);
  if (choices !== undefined && choices !== null) return { enum: choices };
  if (
    /\b(integer|whole number)\b/i.test(text) ||
    /(count|quantity|amount|price|size|order|position|total)$/i.test(name)
  )
    return { type: "integer" };
  if (/expected number|must be (a )?number/i.test(text)) return { type: "number" };
  if (/boolean/i.test(text) || /^(is|has)[A-Z_]/.test(name)) return { type: "boolean" };
  if (/must be an? array|expected array/i.test(text))
    return { type: "array", items: { type: "string" } };
  if (/uuid/i.test(text) && nounOfReference(name) !== null)
    return { type: "string", format: "uuid" };
  return { type: "string" };
}
