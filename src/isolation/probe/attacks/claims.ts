import { isGood, statusOf } from "../http/message.js";
import { requestFor } from "../http/request-for.js";
import { isTenantName, tenantNamesOf } from "../identity/identity.js";
import { isItem } from "../routes/route.js";
import { aimAt } from "../things/aim.js";
import type { Attack } from "./attack.js";
import { saysNothing, type Bout } from "./bout.js";
import { isRecord } from "./body-fields.js";
import { carrierOf, shownOfVictim } from "./carrier.js";
import { flatten } from "../bodies/schema.js";

const mend =
  "Take the tenant from what is verified (host, token, sealed header) and refuse, or do not read, what the client says besides.";
const queries = [
  "tenant",
  "tenantId",
  "tenant_id",
  "organizationId",
  "organization_id",
  "orgId",
  "org",
  "workspaceId",
  "workspace",
  "accountId",
];
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

/** Says to be the victim: by headers, query, cookie, and in bodies. */
export const claims: Attack = {
  columns: ["claims"],
  applies: ({ method, body }) => method === "GET" || body !== null,
  run: (bout) => (bout.route.method === "GET" ? byRequest(bout) : byBody(bout)),
};

async function byRequest(bout: Bout): Promise<void> {
  const carrier = await carrierOf(bout, "claims");
  if (carrier === null) return;
  const { outgoing } = carrier;
  const names = tenantNamesOf(bout.victim);
  const cookie = bout.run.asker.now(bout.attacker);
  const jar = Object.entries(cookie.cookies).map(([name, value]) => `${name}=${value}`);
  const tries = names.flatMap((value) => [
    ...bout.run.settings.tenantHeaders.map(
      (name) =>
        [
          `the header ${name}`,
          { ...outgoing, headers: { ...outgoing.headers, [name.toLowerCase()]: value } },
        ] as const,
    ),
    ...queries.map((name) => [`?${name}=`, withQuery(outgoing, name, value)] as const),
    [
      "the cookie tenant",
      {
        ...outgoing,
        headers: {
          ...outgoing.headers,
          cookie: [...jar, ...queries.map((name) => `${name}=${value}`)].join("; "),
        },
      },
    ] as const,
  ]);
  let answered = false;
  for (const [what, attempt] of tries) {
    const reply = await bout.attack(attempt);
    answered ||= reply.status > 0 && reply.status < 500 && reply.status !== 429;
    const shown = shownOfVictim(bout, reply, carrier);
    if (shown !== null) {
      const message = `With ${what} naming ${bout.victim.tenant} the answer holds ${shown}.`;
      bout.open("claims", "claim", message, mend, what);
    }
  }
  if (answered) bout.holds("claims");
  else bout.unproven("claims", "every attempt was answered with an error of the server's");
}

function withQuery(
  outgoing: { readonly path: string; readonly method: string },
  name: string,
  value: string,
) {
  const sign = outgoing.path.includes("?") ? "&" : "?";
  return { ...outgoing, path: `${outgoing.path}${sign}${name}=${encodeURIComponent(value)}` };
}

/** Writes as itself, with the victim's name in the body; the record must not turn up there. */
async function byBody(bout: Bout): Promise<void> {
  const { route, attacker, victim, run, maker } = bout;
  const aim = aimAt(route, attacker, run.things);
  if (typeof aim === "string")
    return bout.unproven("claims", `nothing of ${attacker.tenant} is known for {${aim}}`);
  const canary = run.canaries.make();
  if (!JSON.stringify(maker.bodyOf(route, attacker, canary) ?? "").includes(canary)) {
    return bout.pointless("claims", "its body bears no text that could turn up elsewhere");
  }
  const plain = await bout.fire(attacker, aim.values);
  if (plain.answer.status === 403)
    return bout.pointless("claims", `${attacker.name} may not do this at all`);
  if (!isGood(plain.answer))
    return bout.unproven(
      "claims",
      `${attacker.name}'s own request was answered ${statusOf(plain.answer)}`,
    );
  const described = Object.keys(flatten(route.body?.schema ?? {}).properties ?? {}).filter(
    isTenantName,
  );
  let tried = false;
  for (const value of tenantNamesOf(victim)) {
    for (const extra of [...described, ...(route.graphql === undefined ? fields : [])]) {
      const outcome = await plant(bout, aim.values, { [extra]: value });
      tried ||= outcome;
    }
    for (const header of run.settings.tenantHeaders)
      tried = (await plant(bout, aim.values, {}, { [header.toLowerCase()]: value })) || tried;
  }
  if (tried) bout.holds("claims");
  else bout.unproven("claims", "every attempt was answered with an error of the server's");
}

/** @returns whether the attempt says anything */
async function plant(
  bout: Bout,
  values: Readonly<Record<string, string>>,
  extra: Readonly<Record<string, string>>,
  headers: Readonly<Record<string, string>> = {},
): Promise<boolean> {
  const { run, attacker, victim, route, maker } = bout;
  const canary = run.canaries.make();
  const body = maker.bodyOf(route, attacker, canary);
  if (!isRecord(body) || !JSON.stringify(body).includes(canary)) return false;
  const { answer } = await bout.fire(attacker, values, { body: { ...body, ...extra }, headers });
  if (!isGood(answer)) return !saysNothing(answer) || answer.status === 403;
  const what = [...Object.keys(extra), ...Object.keys(headers)].join(", ");
  for (const view of run.routes.filter(({ method }) => method === "GET")) {
    const aim = aimAt(view, victim, run.things);
    if (typeof aim === "string" || !isNear(view.template, route.template)) continue;
    const seen = await bout.ask(victim, requestFor(view, aim.values));
    if (seen.text.toLowerCase().includes(canary)) {
      bout.open(
        "claims",
        "planted",
        `With ${what} naming ${victim.tenant}, ${attacker.name} put a record where ${victim.name} sees it.`,
        mend,
        what,
      );
    }
  }
  return true;
}

/** The list of what was written, or the item itself. */
function isNear(view: string, written: string): boolean {
  const shape = (template: string) => template.replace(/\{[^}]*\}/g, "{}").replace(/\/$/, "");
  return shape(view) === shape(written) || shape(view) === shape(written).replace(/\/\{\}$/, "");
}
