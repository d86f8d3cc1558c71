import { literal, quoted, sqlName } from "../../../catalog/names.js";
import type { Relation } from "../../../catalog/relation.js";
import type { AdoptedTable, Adoption, SharedTable } from "../../adoption.js";
import { regclass, when } from "../sql.js";
import type { Stage, Step } from "../step.js";
import { restoreAccess, restorePolicies } from "../restore.js";
import { openSchemas } from "./schemas.js";
import { viewsOver } from "./views.js";

/** From here on a row is seen by its tenant only, and only through Tenantry. */
export function switchOver(adoption: Adoption): Stage {
  return {
    number: 90,
    name: "switch",
    purpose:
      "Hands each table to tenantry_owner and lets tenantry.protect(), share() or restrict() do the rest: row security, policies, grants, the column's default. From here on the app has to connect as a member of tenantry_app, through Tenantry; the old app sees no rows any more. Permissive policies that were there before are dropped, as tenantry's own let a tenant at all of its rows; restrictive ones stay.",
    locks: "ACCESS EXCLUSIVE on one table at a time, for a moment.",
    duration: "Milliseconds for each table.",
    steps: [
      ...openSchemas(adoption),
      ...adoption.tables.map((table) => protect(adoption, table)),
      ...adoption.shared.map((table) => share(adoption, table)),
      ...viewsOver(adoption).map((view) => invoke(adoption, view)),
    ],
  };
}

function protect(adoption: Adoption, table: AdoptedTable): Step {
  const { relation, partitions } = table;
  const name = sqlName(relation);
  const old = relation.policies.filter(
    ({ permissive, name: policy }) => permissive && !policy.startsWith("tenantry_"),
  );
  const everything = [relation, ...partitions];
  return {
    title: `${name} is protected`,
    statements: [
      ...old.map((policy) => `drop policy if exists ${quoted(policy.name)} on ${name}`),
      `select tenantry.protect(${literal(name)})`,
    ],
    undo: [
      `delete from tenantry.manifest where relation = ${regclass(relation)}`,
      ...everything.flatMap((each) => restorePolicies(adoption.catalog, each)),
      ...defaultBack(relation),
      ...everything.flatMap((each) => restoreAccess(adoption.catalog, each)),
    ],
  };
}

function defaultBack(relation: Relation): readonly string[] {
  const old = relation.columns.find(({ name }) => name === "tenant_id")?.default ?? null;
  const name = sqlName(relation);
  return [
    `alter table ${name} alter column tenant_id ${old === null ? "drop default" : `set default ${old}`}`,
  ];
}

function share(adoption: Adoption, { relation, class: kind, reason, written }: SharedTable): Step {
  const name = sqlName(relation);
  const call = kind === "global" ? "share" : "restrict";
  const columns = relation.columns.filter(
    ({ default: value }) => value?.startsWith("nextval(") === true,
  );
  const sequences = columns.map(
    (column) => `pg_catalog.pg_get_serial_sequence(${literal(name)}, ${literal(column.name)})`,
  );
  return {
    title: `${name} is ${kind === "global" ? "shared by all tenants" : "the operator's"}`,
    statements: [
      `select tenantry.${call}(${literal(name)}, ${literal(reason)})`,
      ...(written && kind === "global"
        ? [
            `grant insert, update, delete on ${name} to tenantry_app`,
            ...sequences.map((sequence) =>
              when(
                `${sequence} is not null`,
                `execute 'grant usage on sequence ' || ${sequence} || ' to tenantry_app'`,
              ),
            ),
          ]
        : []),
    ],
    undo: [
      `delete from tenantry.manifest where relation = ${regclass(relation)}`,
      ...restoreAccess(adoption.catalog, relation),
    ],
  };
}

function invoke(adoption: Adoption, view: Relation): Step {
  const name = sqlName(view);
  const old = view.options.find((option) => option.startsWith("security_invoker="));
  return {
    title: `${name} is read with the rights of whoever asks`,
    statements: [
      `alter view ${name} set (security_invoker = true)`,
      `grant select on ${name} to tenantry_app, tenantry_operator`,
    ],
    undo: [
      old === undefined
        ? `alter view ${name} reset (security_invoker)`
        : `alter view ${name} set (${old.replace("=", " = ")})`,
      ...restoreAccess(adoption.catalog, view),
    ],
  };
}
