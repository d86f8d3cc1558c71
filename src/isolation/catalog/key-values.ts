import type { Column, Index, Relation } from "./relation.js";

/** What the values of a key are: chosen by people, counted up, or random, which nobody guesses. */
export type KeyValues = "natural" | "counted" | "random";

/** One random part makes the whole a thing that nobody guesses. */
export function valuesOf(relation: Relation, index: Index): KeyValues {
  const columns = index.columns.map((each) =>
    relation.columns.find(({ number }) => number === each),
  );
  const kinds = columns.map((column) => (column ? kindOf(column, index) : "natural"));
  if (kinds.includes("random")) return "random";
  return kinds.every((kind) => kind === "counted") ? "counted" : "natural";
}

const secret = /token|hash|secret|nonce|digest|api_?key|fingerprint|checksum|signature|cuid|uuid/i;
const generator = /uuid|random|nanoid|cuid|ulid/i;

function kindOf(column: Column, { primary }: Index): KeyValues {
  const { name, baseType, category, identity } = column;
  const made = column.default ?? "";
  if (baseType === "uuid" || generator.test(made)) return "random";
  if (secret.test(name) && category !== "N") return "random";
  if (identity !== "" || /nextval\(/.test(made)) return "counted";
  // Ids that the application makes, as cuid or ulid, and references to such.
  if (/(^|_)id$|Id$/.test(name)) return category === "N" ? "counted" : "random";
  return primary && category === "N" ? "counted" : "natural";
}
