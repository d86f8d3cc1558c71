import type { Outgoing } from "../http/message.js";
import { hostOf } from "../identity/identity.js";
import type { Attack } from "./attack.js";
import type { Bout } from "./bout.js";
import { carrierOf, shownOfVictim, showsOwn, type Carrier } from "./carrier.js";

/** The attacker's own request, under the victim's host and others, in every place a host can stand. */
export const hosts: Attack = {
  columns: ["hosts"],
  applies: ({ method }) => method === "GET",
  async run(bout) {
    const carrier = await carrierOf(bout, "hosts");
    if (carrier === null) return;
    let answered = false;
    for (const trial of trialsOf(bout, carrier)) {
      const reply = await bout.attack(trial.outgoing);
      answered ||= reply.status > 0 && reply.status < 500 && reply.status !== 429;
      const shown = shownOfVictim(bout, reply, carrier);
      if (shown !== null) {
        bout.open(
          "hosts",
          "host",
          `With ${trial.name} the answer holds ${shown}.`,
          hostMend,
          trial.name,
        );
      } else if (trial.mixes === true && showsOwn(bout, reply, carrier)) {
        bout.open(
          "hosts",
          "mixed",
          `With ${trial.name} the request is served as if nothing were wrong.`,
          mixedMend,
          trial.name,
        );
      }
    }
    if (answered) bout.holds("hosts");
    else bout.unproven("hosts", "every attempt was answered with an error of the server's");
  },
};

const hostMend =
  "Read the host in one place, from the Host line alone; believe forwarding headers of your own proxies only; refuse a request whose host and token name different tenants.";
const mixedMend =
  "Refuse a request whose host is unknown or names another tenant than its credentials.";

interface Trial {
  readonly name: string;
  readonly outgoing: Outgoing;
  /** Names another tenant, or none, in the very place that this service reads tenants from. */
  readonly mixes?: boolean;
}

function trialsOf(bout: Bout, { outgoing }: Carrier): readonly Trial[] {
  const own = hostOf(bout.attacker);
  const theirs = hostOf(bout.victim);
  const byHost = nameIn(own) !== nameIn(theirs);
  const other = byHost
    ? theirs
    : `${bout.victim.tenant.toLowerCase().replace(/[^a-z0-9-]/g, "")}.${own}`;
  const port = /:\d+$/.exec(other)?.[0] ?? "";
  const name = nameIn(other);
  const as = (host: string): Outgoing => ({ ...outgoing, headers: { ...outgoing.headers, host } });
  const also = (headers: Readonly<Record<string, string>>): Outgoing => ({
    ...outgoing,
    headers: { ...outgoing.headers, ...headers },
  });
  const target = (bout.attacker.baseUrl.pathname.replace(/\/$/, "") || "") + outgoing.path;
  const spelled: readonly Trial[] = [
    { name: "the victim's host", outgoing: as(other), mixes: byHost },
    { name: "a trailing dot", outgoing: as(`${name}.${port}`) },
    { name: "the host in upper case", outgoing: as(other.toUpperCase()) },
    { name: "another port", outgoing: as(`${name}:1`) },
    { name: "an unknown host", outgoing: as(`nobody-${name}${port}`), mixes: byHost },
  ];
  const forwarded: readonly Trial[] = [
    { name: "X-Forwarded-Host", outgoing: also({ "x-forwarded-host": other }) },
    {
      name: "X-Host",
      outgoing: also({
        "x-host": other,
        "x-original-host": other,
        "x-forwarded-server": other,
        "x-http-host-override": other,
      }),
    },
    { name: "Forwarded", outgoing: also({ forwarded: `host="${other}"` }) },
    {
      name: "an absolute URL",
      outgoing: { ...outgoing, path: `${bout.attacker.baseUrl.protocol}//${other}${target}` },
    },
  ];
  const doubled: readonly Trial[] = [
    {
      name: "two Host lines, the victim's last",
      outgoing: { ...as(""), rawHeaders: [`Host: ${own}`, `Host: ${other}`] },
    },
    {
      name: "two Host lines, the victim's first",
      outgoing: { ...as(""), rawHeaders: [`Host: ${other}`, `Host: ${own}`] },
    },
  ];
  return [...spelled, ...forwarded, ...doubled];
}

function nameIn(host: string): string {
  return host.replace(/:\d+$/, "").toLowerCase();
}
