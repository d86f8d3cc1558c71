import type { Finding } from "../../report/finding.js";
import type { Node } from "../../sql/parse.js";
import type { Policy, Table } from "../model/table.js";
import { castsColumn, cutsValue } from "../policy/casts.js";
import { settingsIn } from "../policy/expressions.js";
import { loopholesOf, type HasColumn, type Loophole } from "../policy/loopholes.js";
import { judge } from "../policy/predicate.js";
import { relationName } from "../replay/names.js";
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
import { finding, sql, type Check, type Context, type LintRule } from "./rule.js";

const ruleOf: Readonly<Record<Loophole, LintRule>> = {
  "always true": alwaysTrue,
  "open when unset": openUnset,
  "rows without a tenant": tenantless,
  "bypass setting": bypass,
  "compares with itself": itself,
};

interface Part {
  readonly clause: "USING" | "WITH CHECK";
  readonly expression: Node;
}

function findIn(table: Table, context: Context): Finding[] {
  const tenant = context.tenancy.columnName(table);
  const policies = [...table.policies];
  const floors = policies.filter(([, policy]) => isFloor(policy, tenant));
  const found = policies.flatMap(([name, policy]) => {
    const floored = floors.some(([, floor]) => coversAll(floor, policy));
    return partsOf(policy).flatMap((part) => ofPart(table, name, policy, part, context, floored));
  });
  return [...found, ...ofFloors(table, tenant, floors)];
}

/** What the server checks: USING stands in where WITH CHECK is not given. */
function partsOf({ using, check }: Policy): Part[] {
  return [
    ...(using === undefined ? [] : [{ clause: "USING", expression: using } as const]),
    ...(check === undefined ? [] : [{ clause: "WITH CHECK", expression: check } as const]),
  ];
}

function isFloor(policy: Policy, tenant: string): boolean {
  const verdicts = partsOf(policy).map(({ expression }) => judge(expression, tenant));
  return !policy.permissive && verdicts.every((verdict) => verdict === "tenant");
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
  { clause, expression }: Part,
  context: Context,
  floored: boolean,
): Finding[] {
  const tenant = context.tenancy.columnName(table);
  const detail = `${name}:${clause.toLowerCase()}`;
  const make = (rule: LintRule, what: string, mend: string) =>
    finding(
      rule,
      table.name,
      policy.place,
      `${table.name}, policy ${name}: ${clause} ${what}.`,
      mend,
      { detail },
    );
  const condition = `${sql(tenant)} = (select …)`;
  const rewrite = `alter policy ${sql(name)} on ${sql(table.name)} ${clause.toLowerCase()} (${condition});`;
  const shape = ofShape(expression, tenant, context, make, rewrite);
  if (!policy.permissive || floored) {
    return shape.filter(({ rule }) => rule !== alwaysTrue);
  }
  if (shape.some(({ rule }) => Object.values(ruleOf).includes(rule as LintRule))) return shape;
  const verdict = judge(expression, tenant);
  if (verdict === "open")
    return [...shape, make(withoutTenant, `does not compare ${tenant}`, rewrite)];
  if (verdict === "unknown") {
    const mend = `Say the tenant in the policy itself: … and ${condition}`;
    return [
      ...shape,
      make(notUnderstood, `does not name ${tenant}; a function or sub-select decides`, mend),
    ];
  }
  return shape;
}

function ofShape(
  expression: Node,
  tenant: string,
  context: Context,
  make: (rule: LintRule, what: string, mend: string) => Finding,
  rewrite: string,
): Finding[] {
  const loopholes = loopholesOf(expression, tenant, hasColumn(context));
  const found = loopholes.map((loophole) => make(ruleOf[loophole], saying[loophole], rewrite));
  if (castsColumn(expression, tenant)) found.push(make(casts, `casts ${tenant}`, rewrite));
  if (cutsValue(expression, tenant)) {
    found.push(make(cuts, "casts to a type with a length", rewrite));
  }
  const { setting } = context.tenancy;
  const others = settingsIn(expression).filter(
    (name) => name.toLowerCase() !== setting?.toLowerCase(),
  );
  if (setting !== undefined && others.length > 0 && !loopholes.includes("bypass setting")) {
    found.push(make(otherSetting, `reads ${others.join(", ")} and not ${setting}`, rewrite));
  }
  return found;
}

const saying: Readonly<Record<Loophole, string>> = {
  "always true": "is true for every row",
  "open when unset": "is true for every row while no tenant is set",
  "rows without a tenant": "lets rows without a tenant through",
  "bypass setting": "lets every row through for a setting that any session can make",
  "compares with itself": "compares the tenant's column with itself",
};

function hasColumn({ model }: Context): HasColumn {
  return (node, column) =>
    "RangeVar" in node &&
    model.tables.get(relationName(node.RangeVar))?.columns.has(column) === true;
}

function ofFloors(
  table: Table,
  tenant: string,
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
  const condition = `${sql(tenant)} = (select …)`;
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
      ...Object.values(ruleOf),
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
