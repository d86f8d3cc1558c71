import {
  describeCase,
  judgeCase,
  meaningOf,
  type Case,
  type MeaningKind,
  type Use,
} from "../../policies/index.js";
import type { Finding } from "../../report/finding.js";
import type { ClassifiedTable } from "../../subject/subject.js";
import type { Policy, Table } from "../model/table.js";
import { expressionKey } from "../subject/relation-of.js";
import { application } from "../subject/subject-of.js";
import {
  alwaysTrue,
  bypass,
  casts,
  cuts,
  floorForSome,
  itself,
  notUnderstood,
  openUnset,
  otherSetting,
  severalWithoutFloor,
  tenantless,
  withoutTenant,
} from "./policy-rules.js";
import { classifiedOf, finding, sql, type Check, type Context, type LintRule } from "./rule.js";

/** What lets rows of other tenants through, by what it comes to. */
const ruleOf: Partial<Record<MeaningKind, LintRule>> = {
  open: alwaysTrue,
  "null opens": openUnset,
  "shared rows": tenantless,
  bypass,
  "self comparison": itself,
  lossy: cuts,
  constant: withoutTenant,
  loose: withoutTenant,
};

/** What a restrictive policy may be: it only takes away from what others let in. */
const harmlessInFloors = new Set([alwaysTrue, withoutTenant, notUnderstood]);

interface Part {
  readonly clause: "USING" | "WITH CHECK";
  readonly cases: readonly Case[];
  readonly use: Use;
}

function findIn(table: Table, context: Context): Finding[] {
  const classified = classifiedOf(table, context);
  const policies = [...table.policies].map(([name, policy]) => ({
    name,
    policy,
    parts: partsOf(name, policy, classified, context),
  }));
  const floors = policies.filter(({ policy, parts }) => isFloor(policy, parts));
  const found = policies.flatMap(({ name, policy, parts }) => {
    const floored = floors.some((floor) => coversAll(floor.policy, policy));
    return parts.flatMap((part) => ofPart(table, name, policy, part, context, floored));
  });
  const named = floors.map(({ name, policy }) => [name, policy] as const);
  return [...found, ...ofFloors(table, context, named)];
}

/** What the server checks: USING stands in where WITH CHECK is not given. */
function partsOf(
  name: string,
  policy: Policy,
  table: ClassifiedTable,
  { subject }: Context,
): readonly Part[] {
  const asker = { role: application, login: application };
  const { schema, name: relname } = table.relation;
  const read = (clause: "using" | "check") =>
    meaningOf(expressionKey(`${schema}.${relname}`, name, clause), table, asker, subject).cases;
  const reads = policy.command === "select" ? "read" : "change";
  return [
    ...(policy.using === undefined
      ? []
      : [{ clause: "USING", cases: read("using"), use: reads } as const]),
    ...(policy.check === undefined
      ? []
      : [{ clause: "WITH CHECK", cases: read("check"), use: "write" } as const]),
  ];
}

function isFloor({ permissive }: Policy, parts: readonly Part[]): boolean {
  const binds = ({ cases, use }: Part) =>
    cases.every((each) => ["isolated", "denied"].includes(judgeCase(each, use)));
  return !permissive && parts.every(binds);
}

function coversAll(floor: Policy, policy: Policy): boolean {
  return (
    floor.roles.includes("public") && (floor.command === "all" || floor.command === policy.command)
  );
}

function ofPart(
  table: Table,
  name: string,
  policy: Policy,
  { clause, cases, use }: Part,
  context: Context,
  floored: boolean,
): Finding[] {
  const broken = new Map<LintRule, string>();
  for (const each of cases) {
    for (const [rule, what] of brokenBy(each, use, context)) {
      if (floored && rule !== casts) continue;
      if (!policy.permissive && harmlessInFloors.has(rule)) continue;
      if (!broken.has(rule)) broken.set(rule, what);
    }
  }
  // Beside what is known to leak, what could not be read tells nothing more.
  if (broken.size > 1) broken.delete(notUnderstood);
  const condition = `${sql(context.tenancy.columnName(table))} = ${contextSql(table, context)}`;
  const mend = `alter policy ${sql(name)} on ${sql(table.name)} ${clause.toLowerCase()} (${condition});`;
  return [...broken].map(([rule, what]) => {
    const message = `${table.name}, policy ${name}: ${clause} ${what}.`;
    const detail = `${name}:${clause.toLowerCase()}`;
    return finding(rule, table.name, policy.place, message, mend, { detail });
  });
}

function* brokenBy(
  found: Case,
  use: Use,
  { tenancy: { setting } }: Context,
): Iterable<readonly [LintRule, string]> {
  const what = describeCase(found);
  // Bound, but by what is not said to hold the tenant.
  const [source] = found.contexts.flatMap(({ sources }) => sources);
  if (found.kind === "unknown" && source?.kind === "setting") {
    yield [otherSetting, `reads ${source.name} and not ${setting ?? "the tenant's"}`];
  } else if (found.kind === "unknown") {
    yield [notUnderstood, what];
  }
  const rule = ruleOf[found.kind];
  if (rule !== undefined) yield [rule, what];
  if (found.kind === "user" || found.kind === "parent alone") {
    yield [use === "write" ? withoutTenant : notUnderstood, what];
  }
  if (found.cast !== undefined) yield [casts, `casts the tenant's column: ${found.text}`];
}

/** How the database at hand tells the tenant, where that is known. */
function contextSql(table: Table, { model, tenancy }: Context): string {
  if (model.usesTenantry) return "(select tenantry.current_tenant())";
  if (tenancy.setting === undefined) return "(select …)";
  const type = tenancy.column(table)?.type ?? "uuid";
  return `(select nullif(current_setting('${tenancy.setting}', true), '')::${type})`;
}

function ofFloors(
  table: Table,
  context: Context,
  floors: readonly (readonly [string, Policy])[],
): Finding[] {
  const forSome = floors.filter(([, { roles }]) => !roles.includes("public"));
  if (forSome.length > 0 && forSome.length === floors.length) {
    return forSome.map(([name, { roles, place }]) => {
      const message = `${table.name}, policy ${name}: the floor holds ${roles.join(", ")} alone.`;
      const mend = `alter policy ${sql(name)} on ${sql(table.name)} to public;`;
      return finding(floorForSome, table.name, place, message, mend, { detail: name });
    });
  }
  const permissive = [...table.policies].filter(([, policy]) => policy.permissive);
  const twin = permissive.find(([, a], index) =>
    permissive.slice(0, index).some(([, b]) => meet(a, b)),
  );
  if (floors.length > 0 || twin === undefined) return [];
  const [name, { place }] = twin;
  const message = `${table.name}: several permissive policies open the same command, and no restrictive one holds them all.`;
  const condition = `${sql(context.tenancy.columnName(table))} = ${contextSql(table, context)}`;
  const mend = `create policy floor on ${sql(table.name)} as restrictive to public using (${condition}) with check (${condition});`;
  return [finding(severalWithoutFloor, table.name, place, message, mend, { detail: name })];
}

function meet(a: Policy, b: Policy): boolean {
  const commands = a.command === "all" || b.command === "all" || a.command === b.command;
  const roles =
    [...a.roles, ...b.roles].includes("public") || a.roles.some((role) => b.roles.includes(role));
  return commands && roles;
}

export const policyChecks: readonly Check[] = [
  {
    rules: [
      alwaysTrue,
      openUnset,
      tenantless,
      bypass,
      itself,
      withoutTenant,
      notUnderstood,
      casts,
      cuts,
      otherSetting,
      floorForSome,
      severalWithoutFloor,
    ],
    find: (context) => context.tenancy.tenantTables.flatMap((table) => findIn(table, context)),
  },
];
