import { mayUse } from "../../catalog/powers.js";
import { columnNamed, literal, sqlName } from "../../catalog/names.js";
import type { DatabaseFunction } from "../../catalog/functions.js";
import { describeRefusal } from "../attempt.js";
import { canaryAmong } from "../canary.js";
import { combine, holds, open, unproven, type Outcome } from "../outcome.js";
import { foreignAmong, readable } from "../probes/read.js";
import { attacks } from "../rules.js";
import type { Target } from "../target.js";
import { foreignStates, shown } from "../trial.js";
import { accuseObject, type ObjectRow, type Scene } from "./scene.js";

/** What a rollback does not take back, or what runs text that nobody can read beforehand. */
const outlives =
  /dblink|http|net\.|copy\s|lo_export|setval|nextval|advisory|pg_terminate|pg_cancel|pg_reload|pg_sleep|commit|\bexecute\b/i;

/** How many ways each function is called. */
const mostCalls = 12;

/** Calls every SECURITY DEFINER function that the role may execute, with ids of B's. */
export async function functions(scene: Scene): Promise<readonly ObjectRow[]> {
  const { stage, subject } = scene;
  const callable = [...subject.catalog.functions.values()].filter(
    (each) =>
      each.securityDefiner &&
      each.extension === null &&
      each.schema !== "tenantry" &&
      (each.kind === "function" || each.kind === "procedure") &&
      !/trigger$/.test(each.returns) &&
      mayUse(subject.catalog, stage.role, each, "EXECUTE"),
  );
  const rows: ObjectRow[] = [];
  for (const each of callable) {
    const name = `${each.schema}.${each.name}(${each.arguments})`;
    rows.push({ name, kind: "function", outcome: await tryFunction(scene, each, name) });
  }
  return rows;
}

async function tryFunction(scene: Scene, each: DatabaseFunction, name: string): Promise<Outcome> {
  if (each.volatility === "volatile" && outlives.test(each.source) && !scene.limits.callFunctions) {
    return unproven("its effects may outlive a rollback; it is called with --call-functions");
  }
  const outcomes: Outcome[] = [];
  for (const call of await callsOf(scene, each)) {
    const outcome = await tryCall(scene, each, name, call);
    if (outcome.verdict === "open") return outcome;
    outcomes.push(outcome);
  }
  // One call that came through is enough to have looked at it.
  const worked = outcomes.filter(({ verdict }) => verdict === "holds");
  return combine(worked.length > 0 ? worked : outcomes);
}

async function tryCall(
  scene: Scene,
  { kind }: DatabaseFunction,
  name: string,
  call: string,
): Promise<Outcome> {
  const { stage, targets } = scene;
  const statement = kind === "procedure" ? `call ${call}` : `select * from ${call} limit 500`;
  return stage.rolledBack(async () => {
    const before = await stateOf(scene);
    const attempt = await stage.asApp("a", statement);
    if (!attempt.ok) {
      return ["42501", "P0001", "22P02"].includes(attempt.code)
        ? holds("refused")
        : unproven(`calling it failed: ${describeRefusal(attempt)}`);
    }
    const given = new Set([...scene.canaries].filter((canary) => !call.includes(canary)));
    if (canaryAmong(attempt.rows, given) !== undefined) {
      return open(
        finding(
          attacks.functionRead,
          name,
          `returned what only a row of the other tenant holds: ${shown(statement)}`,
          name,
        ),
      );
    }
    for (const target of targets.filter(({ rights }) => rights.select).slice(0, 3)) {
      const look = await stage.asApp(
        "kept",
        `select ${readable(target)} from ${target.sql} limit 500`,
      );
      if (look.ok && target.relation.rowSecurity && foreignAmong(target, look.rows) !== undefined) {
        return open(
          finding(
            attacks.functionContext,
            name,
            `left the context of the other tenant behind: ${shown(statement)}`,
            name,
          ),
        );
      }
    }
    if ((await stateOf(scene)) !== before) {
      return open(
        finding(
          attacks.functionWrite,
          name,
          `changed rows of the other tenant: ${shown(statement)}`,
          name,
        ),
      );
    }
    return holds();
  });
}

async function stateOf({ stage, targets }: Scene): Promise<string> {
  return (await foreignStates(stage, targets)).join();
}

function finding(
  attack: (typeof attacks)["functionRead" | "functionWrite" | "functionContext"],
  subject: string,
  what: string,
  name: string,
) {
  return accuseObject(attack, subject, {
    message: `${name} ${what}.`,
    mend: `REVOKE EXECUTE ON FUNCTION ${name} FROM PUBLIC; -- or ALTER FUNCTION ${name} SECURITY INVOKER;`,
  });
}

/** Calls with arguments of the right types, as B's tenant and the keys of B's rows. */
async function callsOf(
  { stage, targets }: Scene,
  each: DatabaseFunction,
): Promise<readonly string[]> {
  const [row] = await stage.asProver(
    `select pg_catalog.json_agg(pg_catalog.format_type(t.type, null) order by t.place)::text as types
     from pg_catalog.pg_proc p, pg_catalog.unnest(p.proargtypes::oid[]) with ordinality t (type, place)
     where p.oid = ${each.oid}`,
  );
  const types = (JSON.parse(row?.["types"] ?? "[]") as string[] | null) ?? [];
  const b = targets[0]?.world.tenants.b ?? "";
  const pools = types.map((type) => valuesFor(type, b, targets));
  const longest = Math.min(mostCalls, Math.max(1, ...pools.map(({ length }) => length)));
  return Array.from({ length: longest }, (_, index) => {
    const given = pools.map(
      (pool, place) => `${pool[index % Math.max(1, pool.length)] ?? "null"}::${types[place]!}`,
    );
    return `${sqlName(each)}(${given.join(", ")})`;
  });
}

function valuesFor(type: string, tenant: string, targets: readonly Target[]): readonly string[] {
  const keys = targets.flatMap(({ foreign, relation }) =>
    foreign.key.flatMap((name) => {
      const column = relation.columns.find((candidate) => candidate.name === name);
      const value = foreign.values[name];
      return column?.type === type && typeof value === "string" ? [literal(value)] : [];
    }),
  );
  const texts = /^(text|character varying|name)$/.test(type);
  const isTenant = targets.some(
    ({ relation, tenantColumn }) => columnNamed(relation, tenantColumn ?? "")?.type === type,
  );
  const tenants = isTenant || texts ? [literal(tenant)] : [];
  const canaries = texts
    ? targets.flatMap(({ foreign }) => (foreign.canary ? [literal(foreign.canary.text)] : []))
    : [];
  const plain: Readonly<Record<string, string>> = {
    boolean: "true",
    integer: "1",
    bigint: "1",
    jsonb: "'{}'",
  };
  const fallback = plain[type];
  return [
    ...new Set([...tenants, ...keys, ...canaries, ...(fallback === undefined ? [] : [fallback])]),
  ].slice(0, mostCalls);
}
