import type { Comparison } from "./comparisons.js";

/** JSON documents for a comparison: with the keys on its path, or that it asks for. */
export function documentsFor({ path, constants, operator }: Comparison): string[] {
  if (path.length > 0) {
    const leaves = [...constants.flatMap(leavesOf), "seed", 1, true, {}, [], null];
    return leaves.map((leaf) => JSON.stringify(nested(path.flatMap(keysOf), leaf)));
  }
  if (operator === "?" || operator === "?&" || operator === "?|") {
    const keys = constants.flatMap(keysOf);
    return [
      ...[1, "seed", {}].map((leaf) => Object.fromEntries(keys.map((key) => [key, leaf]))),
      keys,
    ].map((document) => JSON.stringify(document));
  }
  return constants.filter(isJson);
}

/** Documents that hold the keys of several at once, since CHECKs ask for more than one. */
export function mergedDocuments(documents: readonly string[]): string[] {
  const objects = documents
    .filter(isJson)
    .map((text) => JSON.parse(text) as unknown)
    .filter(
      (document): document is Record<string, unknown> =>
        typeof document === "object" && document !== null && !Array.isArray(document),
    );
  const keys = [...new Set(objects.flatMap((document) => Object.keys(document)))];
  if (keys.length < 2) return [];
  const firstOf = (key: string, skip: number) =>
    objects
      .filter((document) => key in document)
      .map((document) => document[key])
      .at(skip) ?? "seed";
  return [0, 1, 2, 3].map((skip) =>
    JSON.stringify(Object.fromEntries(keys.map((key) => [key, firstOf(key, skip)]))),
  );
}

const nested = (path: readonly string[], leaf: unknown): unknown =>
  path.reduceRight<unknown>((inside, key) => ({ [key]: inside }), leaf);

/** `{a,b}` is a path of two. */
const keysOf = (text: string) => /^\{(.*)\}$/.exec(text)?.[1]?.split(",") ?? [text];

function leavesOf(constant: string): unknown[] {
  const examples: Readonly<Record<string, unknown>> = {
    string: "seed",
    number: 1,
    boolean: true,
    object: {},
    array: [],
    null: null,
  };
  const example = constant in examples ? [examples[constant]] : [];
  const number = Number(constant);
  return [
    ...example,
    ...(Number.isFinite(number) && constant !== "" ? [number, number + 1, number - 1] : []),
    constant,
  ];
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}
