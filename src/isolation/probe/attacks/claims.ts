import { isGood, type Outgoing } from "../http/message.js";
import { tenantNamesOf } from "../identity/identity.js";
import type { Attack } from "./attack.js";
import type { Bout } from "./bout.js";
import { carrierOf, shownOfVictim } from "./carrier.js";
import { claimMend, plantAsVictim } from "./planting.js";

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

/** Says to be the victim: by headers, query, cookie, and in bodies. */
export const claims: Attack = {
  columns: ["claims"],
  applies: ({ method, body }) => method === "GET" || body !== null,
  run: (bout) => (bout.route.method === "GET" ? byRequest(bout) : plantAsVictim(bout)),
};

async function byRequest(bout: Bout): Promise<void> {
  const carrier = await carrierOf(bout, "claims");
  if (carrier === null) return;
  let answered = false;
  const ask = async (attempt: Outgoing) => {
    const reply = await bout.attack(attempt);
    answered ||= reply.status > 0 && reply.status < 500 && reply.status !== 429;
    return { reply, shown: shownOfVictim(bout, reply, carrier) };
  };
  for (const value of tenantNamesOf(bout.victim)) {
    for (const claim of claimsOf(bout, value)) {
      const together = await ask(claimed(carrier.outgoing, claim));
      // Passed over, all of them; where they are not, each is asked for what it does alone.
      if (together.shown === null && isGood(together.reply)) continue;
      for (const [what, single] of singly(claim)) {
        const { shown } = await ask(claimed(carrier.outgoing, single));
        if (shown === null) continue;
        const message = `With ${what} naming ${bout.victim.tenant} the answer holds ${shown}.`;
        bout.open("claims", "claim", message, claimMend, what);
      }
    }
  }
  if (answered) bout.holds("claims");
  else bout.unproven("claims", "every attempt was answered with an error of the server's");
}

type Texts = Readonly<Record<string, string>>;

interface Claim {
  readonly headers: Texts;
  readonly query: Texts;
}

/** What belongs together is sent at once: all headers, all parameters, all cookies. */
function claimsOf({ run, attacker }: Bout, value: string): readonly Claim[] {
  const { cookies } = run.asker.now(attacker);
  const jar = [...Object.entries(cookies), ...queries.map((name) => [name, value])];
  const cookie = jar.map(([name, each]) => `${name!}=${each!}`).join("; ");
  const all = (names: readonly string[]) => Object.fromEntries(names.map((name) => [name, value]));
  return [
    { headers: all(run.settings.tenantHeaders), query: {} },
    { headers: {}, query: all(queries) },
    { headers: { cookie }, query: {} },
  ];
}

function singly({ headers, query }: Claim): readonly (readonly [string, Claim])[] {
  return [
    ...Object.entries(headers).map(
      ([name, value]) => [`the header ${name}`, { headers: { [name]: value }, query: {} }] as const,
    ),
    ...Object.entries(query).map(
      ([name, value]) => [`?${name}=`, { headers: {}, query: { [name]: value } }] as const,
    ),
  ];
}

function claimed(outgoing: Outgoing, { headers, query }: Claim): Outgoing {
  const lower = Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]);
  const search = new URLSearchParams(query).toString();
  const sign = outgoing.path.includes("?") ? "&" : "?";
  return {
    ...outgoing,
    path: outgoing.path + (search === "" ? "" : sign + search),
    headers: { ...outgoing.headers, ...(Object.fromEntries(lower) as Texts) },
  };
}
