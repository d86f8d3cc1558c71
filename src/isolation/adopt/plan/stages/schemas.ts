import { quoted } from "../../../catalog/names.js";
import type { Adoption } from "../../adoption.js";
import type { Step } from "../step.js";

/** What protect() would grant too: here, so that the way back knows what was there before. */
const needed = [
  ["tenantry_owner", "CREATE"],
  ["tenantry_owner", "USAGE"],
  ["tenantry_app", "USAGE"],
  ["tenantry_operator", "USAGE"],
] as const;

/** Lets Tenantry's roles into the schemas of the tables; taken back after all tables were. */
export function openSchemas({ catalog, tables, shared }: Adoption): readonly Step[] {
  const names = new Set([...tables, ...shared].map(({ relation }) => relation.schema));
  const roles = new Map([...catalog.roles.values()].map(({ name, oid }) => [name, oid]));
  return [...names].sort().flatMap((name) => {
    const grants = catalog.schemas.find((schema) => schema.name === name)?.grants ?? [];
    const missing = needed.filter(
      ([role, wanted]) =>
        !grants.some(
          ({ grantee, privilege }) => grantee === roles.get(role) && privilege === wanted,
        ),
    );
    if (missing.length === 0) return [];
    const schema = quoted(name);
    return [
      {
        title: `Tenantry's roles may use the schema ${schema}`,
        statements: missing.map(
          ([role, wanted]) => `grant ${wanted.toLowerCase()} on schema ${schema} to ${role}`,
        ),
        undo: missing.map(
          ([role, wanted]) => `revoke ${wanted.toLowerCase()} on schema ${schema} from ${role}`,
        ),
      },
    ];
  });
}
