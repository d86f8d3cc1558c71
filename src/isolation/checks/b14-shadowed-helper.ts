import { quoted, sqlName } from "../catalog/names.js";
import { mayUse } from "../catalog/powers.js";
import type { DatabaseFunction } from "../catalog/functions.js";
import { bodyOf } from "../catalog/function-body.js";
import { askersOf, policyHelpers } from "../policies/index.js";
import { tablesIn } from "../sql/nodes.js";
import type { Subject } from "../subject/subject.js";
import type { Check } from "./check.js";

export const b14: Check = {
  id: "B14",
  name: "shadowed-helper",
  severity: "critical",
  title: "A policy's helper can be made to read another table",
  meaning:
    "The body names a table without its schema, and nothing says where that is looked for. Temporary tables come first: whoever may create one under that name gives the helper's answers. A search_path that does not name pg_temp has it in front all the same, for SECURITY DEFINER functions too.",
  *find(subject) {
    const danger = dangerIn(subject);
    for (const helper of policyHelpers(subject.catalog)) {
      if (helper.boundBody || isPinned(helper)) continue;
      const bare = tablesIn(bodyOf(helper)?.nodes).filter(({ schema }) => schema === undefined);
      if (bare.length === 0) continue;
      const names = [...new Set(bare.map((table) => table.name))].join(", ");
      const name = `${helper.schema}.${helper.name}(${helper.arguments})`;
      const path = pathOf(helper) ?? schemaOf(subject, bare[0]!.name) ?? helper.schema;
      yield {
        subject: name,
        message: `${name}, called by policies, reads ${names} wherever the search_path finds it${danger === undefined ? "; at present the application can create no table that comes first" : `, and ${danger}`}.`,
        mend: [
          `ALTER FUNCTION ${sqlName(helper)}(${helper.arguments}) SET search_path = ${path}, pg_temp;`,
          `REVOKE TEMPORARY ON DATABASE ${quoted(subject.catalog.server.database)} FROM PUBLIC;`,
        ].join("\n"),
        ...(danger === undefined ? { severity: "low" as const } : {}),
      };
    }
  },
};

/** What lets the application put a table of its own in front. */
function dangerIn(subject: Subject): string | undefined {
  const { catalog } = subject;
  const { databaseOwner: owner, databaseGrants: grants } = catalog.server;
  for (const { role } of askersOf(subject)) {
    if (mayUse(catalog, role, { owner, grants }, "TEMPORARY")) {
      return `${role.name} may create temporary tables`;
    }
    const schema = catalog.schemas.find((each) => mayUse(catalog, role, each, "CREATE"));
    if (schema !== undefined) return `${role.name} may create tables in ${schema.name}`;
  }
  return undefined;
}

/** Only a path that names pg_temp, and not in front, keeps it from being searched first. */
function isPinned(helper: DatabaseFunction): boolean {
  const path = pathOf(helper);
  if (path === undefined) return false;
  const schemas = path.split(",").map((each) => each.trim().replaceAll('"', ""));
  return schemas.indexOf("pg_temp") > 0;
}

function pathOf({ settings }: DatabaseFunction): string | undefined {
  return settings.find((each) => each.startsWith("search_path="))?.slice("search_path=".length);
}

function schemaOf({ catalog }: Subject, table: string): string | undefined {
  const found = [...catalog.relations.values()].filter(({ name }) => name === table);
  return found.length === 1 ? quoted(found[0]!.schema) : undefined;
}
