import { LRUCache } from "lru-cache";
import { leadingWords } from "./leading-words.js";

/**
 * What a statement does to the session, judged from its text before it is sent.
 *
 * - `statement`: reads or writes rows; runs as a unit of its own or inside a transaction
 * - `begin`, `commit`, `rollback`: open and end a transaction
 * - `inTransaction`: only has a meaning inside a transaction (SAVEPOINT, SET LOCAL, DECLARE …)
 * - `refused`: outlives its scope, or reads round it; never sent
 */
export type StatementClass =
  | { readonly kind: "statement"; readonly taints: boolean }
  | { readonly kind: "begin" | "commit" | "rollback" }
  | { readonly kind: "inTransaction"; readonly what: string }
  | { readonly kind: "refused"; readonly what: string; readonly fix: string };

const cache = new LRUCache<string, StatementClass>({
  max: 5000,
  maxSize: 8_000_000,
  sizeCalculation: (_, text) => text.length + 1,
});

export function classify(text: string): StatementClass {
  let known = cache.get(text);
  if (known === undefined) {
    known = judge(text);
    cache.set(text, known);
  }
  return known;
}

const settingsFix =
  "Use SET LOCAL inside tenantry.db.transaction(), or set it for the role with ALTER ROLE … SET.";

function judge(text: string): StatementClass {
  const words = leadingWords(text, 6);
  const [first = "", second = ""] = words;
  switch (first) {
    case "BEGIN":
      return { kind: "begin" };
    case "START":
      return { kind: "begin" };
    case "COMMIT":
    case "END":
      return endOfTransaction(words, "commit");
    case "ROLLBACK":
    case "ABORT":
      return words.includes("TO")
        ? { kind: "inTransaction", what: "ROLLBACK TO" }
        : endOfTransaction(words, "rollback");
    case "SAVEPOINT":
    case "RELEASE":
    case "DECLARE":
    case "FETCH":
    case "MOVE":
    case "CLOSE":
    case "LOCK":
      // Wherever the word stands: a comment may be between it and its WITH.
      return first === "DECLARE" && /\bhold\b/i.test(text)
        ? refuse("DECLARE … WITH HOLD", "Drop WITH HOLD: a held cursor outlives its scope.")
        : { kind: "inTransaction", what: first };
    case "SET":
      return judgeSet(words);
    case "EXPLAIN":
      return /\banaly[sz]e\b/i.test(text)
        ? refuse(
            "EXPLAIN ANALYZE",
            'It counts other tenants\' rows ("Rows Removed by Filter"). Use plain EXPLAIN here, or ANALYZE as operator.',
          )
        : { kind: "statement", taints: false };
    case "RESET":
    case "DISCARD":
    case "LOAD":
      return refuse(first, settingsFix);
    case "LISTEN":
    case "UNLISTEN":
      return refuse(first, "Listen on a connection of your own: a pooled one changes tenants.");
    case "PREPARE":
    case "EXECUTE":
    case "DEALLOCATE":
      return second === "TRANSACTION"
        ? refuse(
            "PREPARE TRANSACTION",
            "Commit instead: a prepared transaction outlives its scope.",
          )
        : refuse(
            first,
            "Pass the text and its values to query(): Tenantry prepares statements itself.",
          );
    case "DO":
      return { kind: "statement", taints: true };
    case "COPY":
      return refuse(
        "COPY",
        "Row security refuses COPY FROM. Insert with unnest($1::…[], $2::…[]) in one statement.",
      );
    default:
      return { kind: "statement", taints: taints(text) };
  }
}

function judgeSet(words: readonly string[]): StatementClass {
  const [, scope = "", name = ""] = words;
  if (scope === "CONSTRAINTS" || scope === "TRANSACTION") {
    return { kind: "inTransaction", what: `SET ${scope}` };
  }
  if (scope !== "LOCAL") return refuse("SET for the session", settingsFix);
  // A quoted name (U&"…" too) is not read here, so it could be anything.
  if (
    name === "" ||
    name === "U" ||
    name === "ROLE" ||
    name === "SESSION" ||
    name.startsWith("TENANTRY")
  ) {
    return refuse(`SET LOCAL ${name}`, "The scope and the role are Tenantry's to set.");
  }
  return { kind: "inTransaction", what: "SET LOCAL" };
}

function endOfTransaction(words: readonly string[], kind: "commit" | "rollback"): StatementClass {
  if (words.includes("CHAIN") && !words.includes("NO")) {
    return refuse(
      `${kind.toUpperCase()} AND CHAIN`,
      "Begin the next transaction with BEGIN: it needs its own scope.",
    );
  }
  if (words.includes("PREPARED")) {
    return refuse(`${kind.toUpperCase()} PREPARED`, "Two-phase transactions outlive their scope.");
  }
  return { kind };
}

/**
 * Text that may leave something on the session which Tenantry cannot see: the connection is closed
 * after it instead of going to the next tenant. Seen by name, Unicode-escaped identifiers included;
 * functions that run SQL text are among them because that text can hide any other name, and an
 * UPDATE of pg_settings is a set_config.
 */
const tainting =
  /set_config|\bu&"|pg_(?:try_)?advisory_(?:lock|unlock)|\blo_|\bdblink|\bpg_temp|\btemp(?:orary)?\s+(?:table|view|sequence)|pg_settings|(?:query|cursor)_to_xml|\bts_(?:stat|rewrite)|\bcrosstab|\bconnectby|\bxpath_table/i;

function taints(text: string): boolean {
  return tainting.test(text);
}

function refuse(what: string, fix: string): StatementClass {
  return { kind: "refused", what, fix };
}
