import type { Column } from "../../../catalog/relation.js";
import { arrays } from "../values/nested.js";
import { momentText } from "../values/times.js";
import type { Comparison } from "./comparisons.js";
import { documentsFor } from "./documents.js";
import { likeTexts } from "./like.js";
import { patternTexts } from "./pattern.js";

const lengths = new Set([
  "length",
  "char_length",
  "character_length",
  "octet_length",
  "bit_length",
]);
const counts = new Set(["array_length", "cardinality", "jsonb_array_length", "json_array_length"]);

/** Values for the column that are likely to make the comparison true, or false. */
export function textsFor(comparison: Comparison, column: Column): string[] {
  const { through, constants, operator } = comparison;
  if (column.baseType === "json" || column.baseType === "jsonb") return documentsFor(comparison);
  if (through.some((name) => lengths.has(name))) {
    return constants.flatMap((constant) => ofLength(Number(constant), column.baseType));
  }
  if (through.some((name) => counts.has(name))) return [];
  if (/^!?~\*?$/.test(operator) || operator === "regexp_like" || through.includes("regexp_match")) {
    return constants.flatMap((pattern) => patternTexts(pattern));
  }
  if (/^!?~~\*?$/.test(operator)) return constants.flatMap((pattern) => likeTexts(pattern));
  if (column.category === "A") return ofArray(constants);
  if (column.category === "N") return constants.flatMap((constant) => around(constant, through));
  if (column.category === "D")
    return constants.flatMap((constant) => near(constant, column.baseType));
  return constants.flatMap((constant) => [constant, ...joined(constant, through)]);
}

/** Numbers at, below and above a bound. */
function around(constant: string, through: readonly string[]): string[] {
  const number = Number(constant);
  if (!Number.isFinite(number)) return [constant];
  const steps = [number, number + 1, number - 1];
  const fine = Number.isInteger(number) ? [] : [number + 0.01, number - 0.01];
  const multiples = through.includes("%") ? [number * 2, number * 3] : [];
  return [...steps, ...fine, ...multiples].map(String);
}

/** A day before, at and a day after; also what PostgreSQL reads that JavaScript does not. */
function near(constant: string, type: string): string[] {
  const time = Date.parse(constant);
  if (Number.isNaN(time)) return [constant];
  const day = 86_400_000;
  return [
    constant,
    ...[time + day, time - day, time + 3_600_000].map((moment) => momentText(type, moment)),
  ];
}

function ofLength(length: number, type: string): string[] {
  if (!Number.isInteger(length) || length < 0 || length > 5000) return [];
  const sizes = [length, length + 1, length - 1].filter((size) => size >= 0);
  return sizes.flatMap((size) =>
    type === "bytea" ? [`\\x${"ab".repeat(size)}`] : ["a".repeat(size), "1".repeat(size)],
  );
}

function ofArray(constants: readonly string[]): string[] {
  return constants.length === 0
    ? []
    : [...constants.map((constant) => arrays([constant])[0]!), ...arrays(constants)];
}

/** For `left(code, 2) = 'DE'`, `starts_with(…)` and the like. */
const joined = (constant: string, through: readonly string[]) =>
  through.length === 0
    ? []
    : [`${constant}a`, `a${constant}`, `${constant}1`, constant.toUpperCase()];
