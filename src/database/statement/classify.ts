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
  const named = refusedNames.find(({ pattern }) => pattern.test(text));
  return named === undefined ? judgeKind(text) : refuse(named.what, named.fix);
}

function judgeKind(text: string): StatementClass {
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
      return refuse(
        "DO",
        "Send its statements one by one, or make it a function with a pinned search_path.",
      );
    case "COPY":
      return refuse(
        "COPY",
        "Row security refuses COPY FROM. Insert with unnest($1::…[], $2::…[]) in one statement.",
      );
    default:
      return { kind: "statement", taints: tainting.test(text) };
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
 * Names whose answer is not this tenant's alone, or that hide other names from the two lists here.
 * Looked for anywhere in the text: a value that reads like one belongs into a parameter.
 */
const refusedNames: readonly { pattern: RegExp; what: string; fix: string }[] = [
  {
    pattern: /\b(?:lastval|currval)\b/i,
    what: "lastval() or currval()",
    fix: "Use INSERT … RETURNING: a pooled session remembers the last tenant's number.",
  },
  {
    pattern: /\b(?:lo_[a-z0-9_]+|loread|lowrite)\b/i,
    what: "A large object",
    fix: "Keep the bytes in a bytea column or in object storage: large objects belong to no tenant.",
  },
  {
    pattern:
      /(?:query|cursor|table|schema|database)_to_xml|\bts_(?:stat|rewrite)\b|\bdblink|\bcrosstab|\bconnectby|\bxpath_table/i,
    what: "A function that runs SQL text",
    fix: "Send the statement itself: text inside text cannot be looked at.",
  },
  {
    pattern:
      /\bpg_(?:stat_activity|stat_get_(?:backend_)?activity|prepared_statements?|cursors?)\b/i,
    what: "A look at what sessions run",
    fix: "Do it as operator: sessions serve many tenants, and texts may hold their values.",
  },
  {
    pattern: /\bpg_(?:terminate|cancel)_backend\b/i,
    what: "Ending another session",
    fix: "Do it as an administrator: the login's other sessions serve other tenants.",
  },
  {
    pattern: /\bu&"/i,
    what: 'An identifier with Unicode escapes (U&"…")',
    fix: "Write the identifier's letters themselves.",
  },
];

/**
 * Text that may leave something on the session which Tenantry cannot see: the connection is closed
 * after it instead of going to the next tenant. An UPDATE of pg_settings is a set_config.
 */
const tainting =
  /set_config|pg_(?:try_)?advisory_(?:lock|unlock)|\bpg_temp|\btemp(?:orary)?\s+(?:table|view|sequence)|pg_settings/i;

function refuse(what: string, fix: string): StatementClass {
  return { kind: "refused", what, fix };
}
