import { nameOf, quoted } from "../../catalog/names.js";
import type { DatabaseFunction } from "../../catalog/functions.js";
import type { Column, Relation } from "../../catalog/relation.js";
import { describeRefusal, refusalOf } from "../attempt.js";
import { holds, notApplicable, open, unproven, type Outcome } from "../outcome.js";
import { foreignAmong, readable } from "../probes/read.js";
import { sqlValue, type Values } from "../rows.js";
import { attacks } from "../rules.js";
import type { SeededRow } from "../seed/contract.js";
import { shown } from "../trial.js";
import { policyHelpers } from "./helpers.js";
import { accuseObject, type ObjectRow, type Scene } from "./scene.js";

/** How many names are shadowed, and on how many tables each is tried. */
const mostNames = 30;
const sample = 20;

interface Shadow {
  readonly relation: Relation;
  readonly helper: DatabaseFunction;
}

/**
 * Puts temporary tables in front of those that policies' functions read, with rows that make A a
 * friend of B's, then reads.
 */
export async function temporaryShadow(scene: Scene): Promise<readonly ObjectRow[]> {
  const shadows = shadowsOf(scene);
  if (shadows.length === 0) {
    const outcome = notApplicable("no function of a policy reads a table by its bare name");
    return [{ name: "temporary tables", kind: "session", outcome }];
  }
  const rows: ObjectRow[] = [];
  for (const shadow of shadows) {
    const name = `temporary ${shadow.relation.name} in front of ${nameOf(shadow.helper)}()`;
    rows.push({ name, kind: "session", outcome: await standInFront(scene, shadow) });
  }
  return rows;
}

function shadowsOf({ subject: { catalog }, targets }: Scene): readonly Shadow[] {
  const policies = targets.flatMap(({ relation }) => relation.policies);
  const helpers = policyHelpers(catalog, policies).filter(({ boundBody }) => !boundBody);
  const relations = [...catalog.relations.values()].filter(
    ({ kind, isPartition }) => kind !== "sequence" && !isPartition,
  );
  const found = helpers.flatMap((helper) =>
    relations
      .filter(({ name }) => barely(name).test(helper.source))
      .map((relation) => ({ relation, helper })),
  );
  const byName = new Map(found.map((each) => [each.relation.name, each]));
  return [...byName.values()].slice(0, mostNames);
}

/** The name as a word that no schema stands in front of. */
function barely(name: string): RegExp {
  const escaped = name.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
  return new RegExp(`(?<![.\\w$])"?${escaped}"?(?![\\w$(])`, "i");
}

function standInFront(scene: Scene, shadow: Shadow): Promise<Outcome> {
  const { stage, targets } = scene;
  const { relation, helper } = shadow;
  return stage.rolledBack(async () => {
    const columns = relation.columns.map(({ name, type }) => `${quoted(name)} ${type}`);
    const creating = `create temporary table ${quoted(relation.name)} (${columns.join(", ")})`;
    const created = await stage.asApp("a", creating);
    if (!created.ok) {
      if (refusalOf(created) === "privilege") return holds("it may make no temporary tables");
      return unproven(`a temporary table could not be made: ${describeRefusal(created)}`);
    }
    await stage.asApp("a", `grant all on pg_temp.${quoted(relation.name)} to public`);
    if ((await fill(scene, relation)) === 0) return unproven("it could not be filled");
    const refused: string[] = [];
    for (const target of targets.filter(({ rights }) => rights.select).slice(0, sample)) {
      const statement = `select ${readable(target)} from ${target.sql} where ${target.rowsOf.b} limit 5`;
      const attempt = await stage.asApp("a", statement);
      if (attempt.ok && foreignAmong(target, attempt.rows) !== undefined) {
        return open(finding(helper, relation, statement));
      }
      if (!attempt.ok && refusalOf(attempt) === "other") refused.push(describeRefusal(attempt));
    }
    return refused[0] === undefined ? holds() : unproven(`reading failed: ${refused[0]}`);
  });
}

function finding(helper: DatabaseFunction, relation: Relation, statement: string) {
  const name = `${nameOf(helper)}(${helper.arguments})`;
  return accuseObject(attacks.temporaryShadow, name, {
    message: `As one tenant, CREATE TEMPORARY TABLE ${quoted(relation.name)} stood in front of the ${nameOf(relation)} that ${name} reads, and ${shown(statement)} returned a row of the other tenant.`,
    mend: `ALTER FUNCTION ${name} SET search_path = pg_catalog, ${quoted(relation.schema)}, pg_temp; -- and REVOKE TEMPORARY ON DATABASE … FROM PUBLIC`,
    detail: relation.name,
  });
}

/** @returns how many rows were taken */
async function fill(scene: Scene, relation: Relation): Promise<number> {
  let taken = 0;
  for (const row of befriending(scene, relation)) {
    const names = Object.keys(row);
    const values = Object.values(row).map(sqlValue).join(", ");
    const list = names.map(quoted).join(", ");
    const attempt = await scene.stage.asApp(
      "a",
      `insert into pg_temp.${quoted(relation.name)} (${list}) values (${values})`,
    );
    if (attempt.ok) taken += 1;
  }
  return taken;
}

/** Rows that say of A what only holds for B: as A's rows with B's tenant, and B's with A's user. */
function befriending({ targets, subject }: Scene, relation: Relation): readonly Values[] {
  const [first] = targets;
  const seeded = first?.world.tables.get(relation.oid);
  if (first === undefined) return [];
  const { tenants } = first.world;
  const tenantNames = new Set(
    [...subject.tables.values()].flatMap(({ tenantColumn }) => tenantColumn?.name ?? []),
  );
  const guess = Object.fromEntries(
    relation.columns.map((column) => [column.name, guessed(column, tenantNames, tenants)]),
  );
  const of = (label: string) => seeded?.rows.filter(({ tenant }) => tenant === label) ?? [];
  const mixed = of("a").flatMap((own) =>
    of("b").flatMap((foreign) => crossings(own, foreign, tenants.b)),
  );
  return [guess, ...of("a").map(({ values }) => values), ...mixed];
}

/** One text in place of another, in each direction. */
function crossings(own: SeededRow, foreign: SeededRow, tenant: string): readonly Values[] {
  const isTenant = (name: string) => foreign.values[name] === tenant;
  const withTenant = Object.fromEntries(
    Object.entries(own.values).map(([name, value]) => [name, isTenant(name) ? tenant : value]),
  );
  return [withTenant, foreign.values];
}

function guessed(
  { name, baseType, category }: Column,
  tenantNames: ReadonlySet<string>,
  tenants: { readonly a: string; readonly b: string },
): string | null {
  if (category === "B") return "true";
  if (tenantNames.has(name) || name === "id") return tenants.b;
  return category === "S" || baseType === "uuid" ? tenants.a : null;
}
