import { walk, wordsOf } from "../../sql/walk.js";
import type { Node } from "../../sql/parse.js";
import type { Model } from "../model/model.js";
import { bareName } from "../replay/names.js";

/** PostgreSQL's own that policies call; others that no migration makes are strangers. */
const builtIn = new RegExp(
  `^(?:${[
    "abs|age|any_value|array_\\w+|bool_and|bool_or|btrim|char_length|concat|concat_ws|count",
    "current_setting|date_trunc|decode|digest|encode|format|hashtext\\w*|json\\w*|left|length|lower",
    "ltrim|max|md5|min|now|pg_has_role|position|regexp_\\w+|replace|right|row_to_json|rtrim",
    "split_part|starts_with|string_to_\\w+|strpos|substr|substring|to_char|to_json\\w*|trim|unnest",
    "upper",
  ].join("|")})$`,
);

/**
 * Writes functions' names in full, as the catalogs do. One that no migration makes and that takes no
 * argument is believed to tell the tenant: nothing of the row goes into it.
 */
export function qualifier(model: Model) {
  const made = new Map([...model.functions.values()].map(({ name }) => [bareName(name), name]));
  const strangers = new Set<string>();
  const qualify = (node: Node): Node => {
    const copy = structuredClone(node);
    walk([copy], (kind, value) => {
      if (kind !== "FuncCall") return undefined;
      const words = wordsOf(value["funcname"] as Node[]);
      const [name = ""] = words;
      if (words.length === 1 && builtIn.test(name) && !made.has(name)) return undefined;
      const full = words.length > 1 ? words.join(".") : (made.get(name) ?? `public.${name}`);
      value["funcname"] = full.split(".").map((sval) => ({ String: { sval } }));
      const isMade = [...made.values()].includes(full) || full.startsWith("pg_catalog.");
      if (!isMade && value["args"] === undefined) strangers.add(full);
      return undefined;
    });
    return copy;
  };
  return { qualify, strangers };
}
