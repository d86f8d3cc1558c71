import { flatten } from "../bodies/schema.js";
import { isGood, statusOf } from "../http/message.js";
import { requestFor } from "../http/request-for.js";
import { isTenantName, tenantNamesOf } from "../identity/identity.js";
import { aimAt } from "../things/aim.js";
import { isRecord } from "./body-fields.js";
import { saysNothing, type Bout } from "./bout.js";

export const claimMend =
  "Take the tenant from what is verified (host, token, sealed header) and refuse, or do not read, what the client says besides.";
const fields = [
  "tenantId",
  "tenant_id",
  "organizationId",
  "organization_id",
  "orgId",
  "org_id",
  "workspaceId",
  "accountId",
];

type Texts = Readonly<Record<string, string>>;

/** Writes as itself, with the victim's name in body and headers; the record must not turn up there. */
export async function plantAsVictim(bout: Bout): Promise<void> {
  const { route, attacker, victim, run, maker } = bout;
  const aim = aimAt(route, attacker, run.things);
  if (typeof aim === "string")
    return bout.unproven("claims", `nothing of ${attacker.tenant} is known for {${aim}}`);
  const canary = run.canaries.make();
  if (!JSON.stringify(maker.bodyOf(route, attacker, canary) ?? "").includes(canary)) {
    return bout.pointless("claims", "its body bears no text that could turn up elsewhere");
  }
  const { answer } = await bout.fire(attacker, aim.values);
  if (answer.status === 403)
    return bout.pointless("claims", `${attacker.name} may not do this at all`);
  if (!isGood(answer))
    return bout.unproven(
      "claims",
      `${attacker.name}'s own request was answered ${statusOf(answer)}`,
    );
  let tried = false;
  for (const value of tenantNamesOf(victim)) {
    for (const [where, names] of placesIn(bout)) {
      const send = (some: readonly string[]) =>
        plant(bout, aim.values, where, Object.fromEntries(some.map((name) => [name, value])));
      const together = await send(names);
      tried ||= together !== "nothing";
      // Passed over, all of them; where they are not, each is asked for what it does alone.
      if (together === "passed over") continue;
      for (const name of names) {
        const outcome = await send([name]);
        tried ||= outcome !== "nothing";
        if (outcome === "planted") report(bout, name);
      }
    }
  }
  if (tried) bout.holds("claims");
  else bout.unproven("claims", "every attempt was answered with an error of the server's");
}

type Place = "body" | "headers";

/** A GraphQL schema refuses fields that it does not have, and so needs no such try. */
function placesIn({ route, run }: Bout): readonly (readonly [Place, readonly string[]])[] {
  const { properties = {} } = flatten(route.body?.schema ?? {});
  const described = Object.keys(properties).filter(isTenantName);
  const inBody = [...new Set([...described, ...(route.graphql === undefined ? fields : [])])];
  const places = [
    ["body", inBody],
    ["headers", run.settings.tenantHeaders],
  ] as const;
  return places.filter(([, names]) => names.length > 0);
}

/** `nothing` is an attempt that says nothing. */
type Outcome = "planted" | "passed over" | "refused" | "nothing";

async function plant(
  bout: Bout,
  values: Texts,
  where: Place,
  claim: Readonly<Record<string, string>>,
): Promise<Outcome> {
  const { run, attacker, route, maker } = bout;
  const canary = run.canaries.make();
  const body = maker.bodyOf(route, attacker, canary);
  if (!isRecord(body) || !JSON.stringify(body).includes(canary)) return "nothing";
  const lower = Object.entries(claim).map(([name, value]) => [name.toLowerCase(), value]);
  const parts =
    where === "body"
      ? { body: { ...body, ...claim } }
      : { body, headers: Object.fromEntries(lower) as Texts };
  const { answer } = await bout.fire(attacker, values, parts);
  if (isGood(answer)) return (await turnsUp(bout, canary)) ? "planted" : "passed over";
  return saysNothing(answer) && answer.status !== 403 ? "nothing" : "refused";
}

/** Whether the victim sees it. */
async function turnsUp({ run, victim, route }: Bout, canary: string): Promise<boolean> {
  for (const view of run.routes.filter(({ method }) => method === "GET")) {
    const aim = aimAt(view, victim, run.things);
    if (typeof aim === "string" || !isNear(view.template, route.template)) continue;
    const seen = await run.asker.ask(victim, requestFor(view, aim.values));
    if (seen.text.toLowerCase().includes(canary)) return true;
  }
  return false;
}

function report(bout: Bout, name: string): void {
  const { attacker, victim } = bout;
  const message = `With ${name} naming ${victim.tenant}, ${attacker.name} put a record where ${victim.name} sees it.`;
  bout.open("claims", "planted", message, claimMend, name);
}

/** The list of what was written, or the item itself. */
function isNear(view: string, written: string): boolean {
  const shape = (template: string) => template.replace(/\{[^}]*\}/g, "{}").replace(/\/$/, "");
  return shape(view) === shape(written) || shape(view) === shape(written).replace(/\/\{\}$/, "");
}
