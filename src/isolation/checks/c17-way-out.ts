import type { DatabaseFunction } from "../catalog/functions.js";
import { quoted } from "../catalog/names.js";
import type { Node } from "../sql/parse.js";
import type { Subject } from "../subject/subject.js";
import type { Check, Found } from "./check.js";
import { bodyOf } from "../catalog/function-body.js";
import { callers } from "./support/definers.js";
import { mayEnter, usable, type Way } from "./support/reach.js";
import { bareArguments } from "./support/arguments.js";
import { granteesOf, signature, sqlSignature, whoever } from "./support/wording.js";

export const c17: Check = {
  id: "C17",
  name: "way-out-of-the-database",
  severity: "high",
  title: "Functions and servers by which a statement leaves its session",
  meaning:
    "dblink and foreign servers open other sessions, in which no tenant or another one is set, often as another role. Functions in untrusted languages do whatever the server's account may do. And a SECURITY DEFINER function that runs the text it is given runs anything as its owner.",
  *find(subject) {
    yield* otherSessions(subject);
    yield* servers(subject);
    for (const routine of subject.catalog.functions.values()) {
      if (routine.extension !== null) continue;
      const ways = callers(subject, routine);
      const problem = ways.length === 0 ? undefined : problemOf(subject, routine);
      if (problem === undefined) continue;
      yield {
        subject: signature(routine),
        message: `${signature(routine)}, which ${whoever(ways)} may run, ${problem}.`,
        mend: `REVOKE EXECUTE ON ${sqlSignature(routine)} FROM ${granteesOf(subject, ways)};`,
      };
    }
  },
};

/** One finding for the extension, not one for each of its many functions. */
function* otherSessions(subject: Subject): Iterable<Found> {
  const usableFunctions = [...subject.catalog.functions.values()].filter(
    ({ extension, name }) => extension === "dblink" && /^dblink(_connect|_exec|_open)?$/.test(name),
  );
  const ways = usableFunctions.flatMap((routine) => callers(subject, routine));
  if (ways.length === 0) return;
  yield {
    subject: "extension dblink",
    message: `${whoever(ways)} may open sessions of its own with dblink, in which other settings and other roles count.`,
    mend: usableFunctions
      .map(
        (routine) =>
          `REVOKE EXECUTE ON ${sqlSignature(routine)} FROM ${granteesOf(subject, ways)};`,
      )
      .join("\n"),
  };
}

function* servers(subject: Subject): Iterable<Found> {
  for (const server of subject.catalog.foreignServers) {
    const ways = usable(subject, server, ["USAGE"]).filter(
      ({ grantee }: Way) => grantee !== server.owner,
    );
    if (ways.length === 0) continue;
    const mapped = server.mappedTo.length > 0 ? ", and there is a user mapping" : "";
    yield {
      subject: `foreign server ${server.name}`,
      message: `${whoever(ways)} may make foreign tables on the server ${server.name} (${server.wrapper})${mapped}.`,
      mend: `REVOKE USAGE ON FOREIGN SERVER ${quoted(server.name)} FROM ${granteesOf(subject, ways)};`,
      severity: mapped === "" ? "medium" : "high",
    };
  }
}

function problemOf(subject: Subject, routine: DatabaseFunction): string | undefined {
  const { language, securityDefiner } = routine;
  const listedLanguage = subject.catalog.languages.find(({ name }) => name === language);
  const trusted = language === "sql" || listedLanguage?.trusted === true;
  if (!trusted && mayEnter(subject, routine.schema)) {
    return `is written in the untrusted language ${language} and may do what the server's own account may`;
  }
  if (!securityDefiner) return undefined;
  const given: readonly Node[] = bodyOf(routine)?.executed ?? [];
  const names = bareArguments(routine, given);
  if (names.length === 0) return undefined;
  return `runs its argument ${names.join(", ")} as SQL with its owner's rights`;
}
