import type { Reply } from "../http/asker.js";
import { requestFor } from "../http/request-for.js";
import { parametersOf, targetOf, type Route } from "../routes/route.js";
import { aimAt } from "../things/aim.js";
import type { Attack } from "./attack.js";
import { describeMarkers, type Bout } from "./bout.js";

/** Asks what cannot be answered, and reads the errors. */
export const errors: Attack = {
  columns: ["errors"],
  applies: () => true,
  async run(bout) {
    const { route, attacker, run } = bout;
    const aim = aimAt(route, attacker, run.things);
    const last = targetOf(route.template);
    const values =
      typeof aim === "string"
        ? Object.fromEntries(parametersOf(route.template).map((name) => [name, "1"]))
        : aim.values;
    const body =
      route.graphql === undefined || route.body === null
        ? undefined
        : bout.maker.bodyOf(route, attacker, run.canaries.make());
    const ids = last === null ? [] : ["'", "%00", "-1", "99999999999999999999", "a".repeat(300)];
    const raw = (id: string) =>
      requestFor(
        route,
        { ...encoded(values), [last ?? ""]: encodeURIComponent(id).replace("%2500", "%00") },
        { raw: true, body },
      );
    // A delete has no body to spoil, and of a write only the ids are: nothing may be changed by it.
    const replies: Reply[] = [];
    const empty = route.body === null || body !== undefined ? {} : { body: "{}" };
    for (const id of ids) replies.push(await bout.attack({ ...raw(id), ...empty }));
    if (route.body !== null && last === null) {
      for (const body of ["{", '{"name":{"a":[]}}', "[]", '"text"'])
        replies.push(
          await bout.attack({
            ...requestFor(route, values),
            headers: { "content-type": "application/json" },
            body,
          }),
        );
    }
    for (const name of spoiledIn(route)) {
      replies.push(await bout.attack(requestFor(route, values, { query: { [name]: "'\"" } })));
    }
    if (replies.length === 0) return bout.pointless("errors", "there is nothing in it to spoil");
    if (replies.every(({ status }) => status === 0))
      return bout.unproven("errors", "no attempt was answered");
    for (const reply of replies) judge(bout, reply);
    bout.holds("errors");
  },
};

/** What the description names, and what most lists take. */
function spoiledIn({ method, graphql, query }: Route): readonly string[] {
  const usual =
    method === "GET" && graphql === undefined ? ["limit", "cursor", "sort", "page"] : [];
  return [...new Set([...query.map(({ name }) => name), ...usual])];
}

function judge(bout: Bout, reply: Reply): void {
  if (reply.status < 400) return;
  const mend = "Answer errors with a code and a general title; log the rest.";
  if (reply.leaks.length > 0)
    return bout.open(
      "errors",
      "errorText",
      `An error (${reply.status}) holds ${describeMarkers(reply.leaks)}.`,
      mend,
      "data",
    );
  const shown = insideOf(reply.text);
  if (shown !== null)
    bout.open("errors", "errorText", `An error (${reply.status}) shows ${shown}.`, mend, shown);
}

const signs: readonly (readonly [RegExp, string])[] = [
  [
    /duplicate key value|violates (foreign key|unique|check|not-null|row-level)|Key \([^)]*\)=\(/i,
    "a constraint of the database",
  ],
  [
    /syntax error at or near|invalid input syntax for|relation ".*" does not exist|column ".*" does not exist|SQLSTATE|out of range for type|invalid byte sequence|ORA-\d{5}|SQLITE_|ER_[A-Z_]{5,}/i,
    "an error of the database",
  ],
  [/\b(select|insert into|update|delete from)\b.{1,200}\b(from|values|set|where)\b/i, "SQL"],
  [
    /PrismaClient|QueryFailedError|DrizzleQueryError|Sequelize|ActiveRecord|Knex|at [\w.<>$ ]+ \((?:file:\/\/)?\/[^)]+:\d+:\d+\)|node_modules\/|Traceback \(most recent/i,
    "a stack or a library",
  ],
];

/** What an error lets one see of the inside; null where it says nothing. */
export function insideOf(text: string): string | null {
  return signs.find(([pattern]) => pattern.test(text))?.[1] ?? null;
}

function encoded(values: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(values).map(([name, value]) => [name, encodeURIComponent(value)]),
  );
}
