import { hostOf } from "../identity/identity.js";
import { asGet } from "../graphql/request.js";
import type { Reply } from "../http/asker.js";
import { isGood } from "../http/message.js";
import type { Severity } from "../../report/finding.js";
import { rules } from "../rules.js";
import type { Attack } from "./attack.js";
import type { Bout } from "./bout.js";
import { carrierOf, type Carrier } from "./carrier.js";

/** What caches and foreign pages may do with a tenant's answers, by their headers. */
export const caching: Attack = {
  columns: ["caching"],
  applies: ({ method }) => method === "GET",
  async run(bout) {
    const carrier = await carrierOf(bout, "caching");
    if (carrier === null) return;
    const stored = await storable(bout, carrier);
    if (stored !== null) judgeCaching(bout, stored);
    await judgeOrigins(bout, carrier);
    bout.holds("caching");
  },
};

/** Nobody stores what a POST is answered: of GraphQL it is the GET, where there is one. */
async function storable(bout: Bout, { plain, outgoing }: Carrier): Promise<Reply | null> {
  if (bout.route.graphql === undefined) return plain;
  const reply = await bout.attack(asGet(outgoing));
  return isGood(reply) ? reply : null;
}

function judgeCaching(bout: Bout, plain: Reply): void {
  const control = (plain.headers.get("cache-control") ?? "").toLowerCase();
  if (/\b(private|no-store)\b/.test(control)) return;
  const shared =
    /\bpublic\b|s-maxage=[1-9]/.test(control) ||
    (plain.headers.has("set-cookie") && /max-age=[1-9]/.test(control));
  const severity: Severity = shared ? "high" : "medium";
  bout.run.ledger.note(bout.pair, bout.name, "caching", "open", rules.caching.id);
  bout.run.ledger.find(bout.pair, rules.caching, bout.name, {
    severity,
    message: `A tenant's answer has ${control === "" ? "no Cache-Control" : `Cache-Control: ${control}`}${plain.headers.has("set-cookie") ? " and a Set-Cookie" : ""}.`,
    mend: "Send Cache-Control: private, no-store with every answer that holds a tenant's data.",
  });
}

async function judgeOrigins(bout: Bout, { outgoing }: Carrier): Promise<void> {
  const host = hostOf(bout.attacker).replace(/:\d+$/, "");
  for (const origin of [
    "https://attacker.example",
    "null",
    `https://evil-${host}`,
    `https://${host}.attacker.example`,
  ]) {
    const { headers } = await bout.attack({
      ...outgoing,
      headers: { ...outgoing.headers, origin },
    });
    const allowed = headers.get("access-control-allow-origin");
    const withCookies = headers.get("access-control-allow-credentials") === "true";
    if (allowed === origin && withCookies) {
      bout.open(
        "caching",
        "origin",
        `The origin ${origin} may read the answer with the user's cookies.`,
        "Compare Origin with a list of exact origins, the tenant's own among them; never null, never by its ending.",
        origin === "null" ? origin : "foreign",
      );
    }
  }
}
