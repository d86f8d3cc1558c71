import { randomBytes } from "node:crypto";
import { isGood, type Answer as Received, type Outgoing } from "../../probe/http/message.js";
import { markerIn } from "./markers.js";
import type { Site, Visitor } from "./site.js";

/** What was seen of one tenant's pages while another tenant's requests failed. */
export interface Burst {
  readonly failing: readonly Received[];
  readonly abandoned: number;
  readonly pages: readonly Seen[];
}

export interface Seen {
  readonly of: Visitor;
  readonly received: Received;
  readonly as: "own" | "other" | "nobody" | "busy";
}

const rounds = 8;

/**
 * Requests of one tenant that must fail, each followed by the other's page on the connections that they left
 * behind, and then all at once; in both directions.
 */
export async function failBeside(site: Site, pair: readonly [Visitor, Visitor]): Promise<Burst> {
  const failing: Received[] = [];
  const pages: Seen[] = [];
  let abandoned = 0;
  const look = async (victim: Visitor, other: Visitor) => {
    pages.push(seenAs(await site.page(victim), victim, other));
  };
  for (let round = 0; round < rounds; round += 1) {
    const [failer, victim] = round % 2 === 0 ? pair : ([pair[1], pair[0]] as const);
    const fail = async (outgoing: Outgoing) =>
      void failing.push(await askFailing(site, failer, outgoing));
    for (const outgoing of failingRequests(site.route)) {
      await fail(outgoing);
      await look(victim, failer);
    }
    await site.leave(failer, { path: site.route, hosts: [failer.host] });
    await site.leave(failer, half(site.route, failer.host));
    abandoned += 2;
    await Promise.all(
      failingRequests(site.route).flatMap((outgoing) => [fail(outgoing), look(victim, failer)]),
    );
    await look(failer, victim);
  }
  return { failing, abandoned, pages };
}

/** None of them changes anything: they name nothing, or cannot be read. */
function failingRequests(route: string): readonly Outgoing[] {
  const json = { "content-type": "application/json" };
  const nowhere = randomBytes(8).toString("hex");
  const path = route.split("?")[0]!;
  return [
    { method: "GET", path: `/${nowhere}` },
    { method: "GET", path: `${path.replace(/\/$/, "")}/%zz` },
    { method: "POST", path, headers: json, body: "{" },
    { method: "POST", path, headers: json, body: `{"${"x".repeat(300_000)}` },
  ];
}

/** A body that never ends. */
function half(route: string, host: string) {
  const headers = { "content-type": "application/json", "content-length": "100" };
  return { method: "POST", path: route, hosts: [host], headers, body: "{" };
}

/** A server may hang up on a body that it does not want to read. */
async function askFailing(site: Site, who: Visitor, outgoing: Outgoing): Promise<Received> {
  return site.ask(who, outgoing).catch((error: unknown) => {
    const { code } = error as { code?: unknown };
    if (code !== "ECONNRESET" && code !== "EPIPE") throw error;
    return { status: 0, headers: new Map(), text: "", milliseconds: 0 };
  });
}

function seenAs(received: Received, of: Visitor, other: Visitor): Seen {
  const shows = ({ markers }: Visitor) => markerIn(markers, received, "") !== undefined;
  if (shows(other)) return { of, received, as: "other" };
  if (isGood(received)) return { of, received, as: shows(of) ? "own" : "nobody" };
  return { of, received, as: [429, 502, 503, 504].includes(received.status) ? "busy" : "nobody" };
}
