import { credentialsOf, hostOf, type Identity } from "../identity/identity.js";
import { isGood, type Outgoing } from "../http/message.js";
import { without } from "../http/without.js";
import { requestFor } from "../http/request-for.js";
import type { Reply } from "../http/asker.js";
import { aimAt } from "../things/aim.js";
import type { Attack } from "./attack.js";
import { describeMarkers, saysNothing, type Bout } from "./bout.js";
import { carrierOf, shownOfVictim, showsOwn, type Carrier } from "./carrier.js";

const mend =
  "Verify signature, expiry, issuer and audience before the tenant is read, and refuse what has no credentials.";

/** Without credentials, with spoiled ones, and with those of two tenants. */
export const credentials: Attack = {
  columns: ["credentials"],
  applies: ({ method }) => method === "GET",
  async run(bout) {
    const carrier = await carrierOf(bout, "credentials");
    if (carrier === null) return;
    if (Object.keys(credentialsOf(bout.run.asker.now(bout.attacker))).length === 0)
      return bout.unproven("credentials", "the identity has no headers or cookies");
    let answered = false;
    for (const [name, reply, rule] of await answers(bout, carrier.outgoing)) {
      const shown = shownOfAnyone(bout, reply, carrier);
      answered ||= reply.status > 0 && reply.status < 500 && reply.status !== 429;
      if (shown !== null) {
        bout.open("credentials", rule, `With ${name} the answer holds ${shown}.`, mend, name);
      }
    }
    if (answered) bout.holds("credentials");
    else bout.unproven("credentials", "every attempt was answered with an error of the server's");
  },
};

function shownOfAnyone(bout: Bout, reply: Reply, carrier: Carrier): string | null {
  const [found] = bout.run.markers.in(reply.text);
  if (found !== undefined) return describeMarkers([found]);
  if (showsOwn(bout, reply, carrier)) return `what ${bout.attacker.name} is told`;
  return shownOfVictim(bout, reply, carrier);
}

type Outcome = readonly [string, Reply, "credentials" | "mixed"];

async function answers(bout: Bout, own: Outgoing): Promise<readonly Outcome[]> {
  const { run, victim } = bout;
  const now = run.asker.now(bout.attacker);
  const theirs = aimAt(bout.route, victim, run.things);
  const ofVictim = typeof theirs === "string" ? own : requestFor(bout.route, theirs.values);
  const bare = (
    headers: Readonly<Record<string, string>>,
    at: Identity = victim,
    request = ofVictim,
  ) =>
    run.asker.askBare(at, {
      ...request,
      headers: { host: hostOf(at), ...request.headers, ...headers },
    });
  const outcomes: Outcome[] = [["no credentials", await bare({}), "credentials"]];
  const theirOwn = run.asker.now(victim);
  for (const [name, headers] of spoiled(theirOwn))
    outcomes.push([name, await bare(headers), "credentials"]);
  // Where all but the token are enough, a bad token tells nothing.
  const others = without("authorization", credentialsOf(theirOwn));
  if (!isGood(await bare(others)))
    for (const [name, authorization] of spoiledTokens(theirOwn))
      outcomes.push([name, await bare({ ...others, authorization }), "credentials"]);
  const both = mixture(now, run.asker.now(victim));
  if (both !== null) {
    const reply = await bare(both, bout.attacker, own);
    if (!saysNothing(reply))
      outcomes.push(["the cookies of one tenant and the token of another", reply, "mixed"]);
  }
  return outcomes;
}

type Headers = Readonly<Record<string, string>>;

/** The victim's own credentials, made invalid: their names tell the tenant, their proof does not hold. */
function spoiled(identity: Identity): readonly (readonly [string, Headers])[] {
  const all = Object.entries(credentialsOf(identity));
  const each = (change: (name: string, value: string) => string): Headers =>
    Object.fromEntries(all.map(([name, value]) => [name, change(name, value)]));
  return [
    ["changed credentials", each((_, value) => changed(value))],
    ["garbage for credentials", each((name) => garbage[name] ?? "garbage")],
  ];
}

const garbage: Headers = { authorization: "Bearer garbage", cookie: "session=garbage" };

function spoiledTokens(identity: Identity): readonly (readonly [string, string])[] {
  const [, token = ""] = /^\S+ (\S+)$/.exec(credentialsOf(identity)["authorization"] ?? "") ?? [];
  const unsigned = withoutSignature(token);
  if (unsigned === null) return [];
  return [
    ["a token without a signature", `Bearer ${unsigned}`],
    ["a token whose signature was cut off", `Bearer ${token.split(".").slice(0, 2).join(".")}.`],
  ];
}

/** Not the last character: of base64 it may hold bits that nobody reads. */
function changed(value: string): string {
  const at = value.length - Math.min(6, Math.ceil(value.length / 2));
  const other = value[at] === "A" ? "B" : "A";
  return value.slice(0, at) + other + value.slice(at + 1);
}

/** A JWT of the same claims that says it has no algorithm (RFC 8725, section 3.1). */
function withoutSignature(token: string): string | null {
  const [head, claims] = token.split(".");
  if (head === undefined || claims === undefined || token.split(".").length !== 3) return null;
  const none = Buffer.from(JSON.stringify({ alg: "none", typ: "JWT" })).toString("base64url");
  return `${none}.${claims}.`;
}

function mixture(one: Identity, other: Identity): Readonly<Record<string, string>> | null {
  const cookie = credentialsOf(one)["cookie"];
  const { authorization } = credentialsOf(other);
  const complete =
    cookie !== undefined &&
    authorization !== undefined &&
    credentialsOf(one)["authorization"] !== undefined;
  return complete ? { cookie, authorization } : null;
}
