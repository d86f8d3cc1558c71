import { modifiersOf, type TypeFacts, type Types } from "../types.js";
import type { Oid } from "../../../catalog/catalog.js";
import { addresses, bits, bytea } from "./addresses.js";
import { decimals, integers } from "./numbers.js";
import { arrays, composites, ranges } from "./nested.js";
import type { RowSeed } from "./seed-number.js";
import { extensionTexts, shapes } from "./shapes.js";
import { texts } from "./texts.js";
import { clockTimes, intervals, moments } from "./times.js";
import { uuidOf } from "./uuid.js";

export interface Wish {
  readonly types: Types;
  readonly seed: RowSeed;
  /** Must not meet a value that other rows have. */
  readonly distinct: boolean;
}

/** Texts that the type's input function should take; the first differs from row to row where it can. */
export function candidates(type: Oid, modifiers: readonly number[], wish: Wish): string[] {
  const facts = wish.types.get(type);
  if (facts === undefined) return texts(wish.seed, 200);
  if (facts.kind === "d" && facts.inner !== null) {
    return candidates(facts.inner, facts.modifiers, wish);
  }
  if (facts.kind === "e") return rotated(facts.labels, wish.distinct ? wish.seed.number - 1 : 0);
  return ofBase(facts, modifiers, wish) ?? texts(wish.seed, 200);
}

function ofBase(facts: TypeFacts, modifiers: readonly number[], wish: Wish): string[] | undefined {
  const inner = (type: Oid, sqlName = "") => candidates(type, modifiersOf(sqlName), wish);
  if (facts.category === "A" && facts.inner !== null) {
    return arrays(
      candidates(facts.inner, modifiers, wish),
      delimiterOf(wish.types.get(facts.inner)),
    );
  }
  if (facts.kind === "r" && facts.inner !== null) return ranges(inner(facts.inner));
  if (facts.kind === "m" && facts.inner !== null) {
    return [...inner(facts.inner).map((range) => `{${range}}`), "{}"];
  }
  if (facts.kind === "c") {
    return composites(facts.attributes.map(({ type, sqlName }) => inner(type, sqlName)));
  }
  return simple(facts.name, modifiers, wish);
}

function simple(name: string, modifiers: readonly number[], wish: Wish): string[] | undefined {
  const { seed, distinct } = wish;
  switch (name) {
    case "text":
    case "citext":
    case "varchar":
      return texts(seed, modifiers[0] ?? 200);
    case "name":
      return texts(seed, 63);
    case "bpchar":
      return fixedLength(texts(seed, modifiers[0] ?? 200), modifiers[0] ?? 1);
    case "char":
      return texts(seed, 1);
    case "int2":
    case "int4":
    case "int8":
    case "oid":
      return integers(name === "oid" ? "int4" : name, seed, distinct);
    case "float4":
      return decimals([6, 0], seed, distinct);
    case "float8":
    case "numeric":
      return decimals(modifiers, seed, distinct);
    case "money":
      return decimals([15, 2], seed, distinct);
    case "bool":
      return distinct && seed.number % 2 === 1 ? ["true", "false"] : ["false", "true"];
    case "uuid":
      return [uuidOf(seed)];
    case "date":
    case "timestamp":
    case "timestamptz":
      return moments(name, seed);
    case "time":
    case "timetz":
      return clockTimes(name, seed);
    case "interval":
      return intervals(seed);
    case "bytea":
      return bytea(seed);
    case "bit":
    case "varbit":
      return bits(name, modifiers[0], seed);
    case "inet":
    case "cidr":
    case "macaddr":
    case "macaddr8":
      return addresses(name, seed);
    case "json":
    case "jsonb":
      return [
        `{"seed": "${seed.word}"}`,
        "{}",
        "[]",
        `["${seed.word}"]`,
        `"${seed.word}"`,
        "1",
        "true",
      ];
    case "jsonpath":
      return ["$.seed"];
    case "xml":
      return [`<seed>${seed.word}</seed>`];
    case "tsvector":
    case "tsquery":
      return [`'${seed.word}'`, ""];
    case "pg_lsn":
      return [`0/${seed.number.toString(16).toUpperCase()}`];
    case "regclass":
      return ["pg_catalog.pg_class"];
    case "regtype":
      return ["pg_catalog.int4"];
    case "regproc":
      return ["pg_catalog.now"];
    case "regrole":
      return ["-"];
    default:
      return shapes(name, seed) ?? extensionTexts(name, modifiers, seed);
  }
}

/** Those that fill a char(n) first, since CHECKs ask for it. */
function fixedLength(all: readonly string[], length: number): string[] {
  return [
    ...all.filter((text) => text.length === length),
    ...all.filter((text) => text.length !== length),
  ];
}

// box is the one type whose arrays are delimited otherwise.
const delimiterOf = (element: TypeFacts | undefined) => (element?.name === "box" ? ";" : ",");

export function rotated<T>(list: readonly T[], by: number): T[] {
  if (list.length === 0) return [];
  const start = ((by % list.length) + list.length) % list.length;
  return [...list.slice(start), ...list.slice(0, start)];
}
