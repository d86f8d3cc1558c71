import type { Found } from "../../checks/check.js";
import type { Answer as Received } from "../../probe/http/message.js";
import { describeIdentity } from "../../probe/identity/identity.js";
import { judged, Unanswered, type Answer } from "../item.js";
import { textOf, type BareRequest } from "./bare-request.js";
import { markerIn } from "./markers.js";
import type { Site, Visitor } from "./site.js";
import { worstOfEach } from "./worst-of-each.js";

/** A request that must not be served. */
export interface Trial {
  /** Completes "a request with …". */
  readonly name: string;
  readonly request: BareRequest;
}

interface Tried extends Trial {
  readonly visitor: Visitor;
  readonly received: Received;
}

/**
 * Sends each visitor's trials, with its credentials, and takes any answer below 400 for a gap.
 * A failure of the server's own is no refusal, and proves nothing.
 */
export async function expectRefusals(
  site: Site,
  trialsOf: (visitor: Visitor) => readonly Trial[],
  mend: string,
): Promise<Answer> {
  const visitors = await site.visitors();
  const tried: Tried[] = [];
  for (const visitor of visitors.slice(0, 2)) {
    for (const trial of trialsOf(visitor)) {
      const received = await site.askBare(visitor, trial.request);
      tried.push({ ...trial, visitor, received });
    }
  }
  const findings = worstOfEach(tried.flatMap((each) => gapIn(site, visitors, each, mend)));
  const names = [...new Set(tried.map(({ name }) => name))].join(", ");
  const evidence = `${tried.length} requests, with ${names}: ${tally(tried.map(({ received }) => received))}.`;
  const failed = tried.find(({ received }) => received.status >= 500);
  if (findings.length === 0 && failed !== undefined) {
    throw new Unanswered(
      `${evidence} ${failed.received.status} to a request with ${failed.name} is a failure and no refusal: mend it, and ask again.`,
    );
  }
  return judged(findings, evidence);
}

function gapIn(
  site: Site,
  visitors: readonly Visitor[],
  { name, request, received, visitor }: Tried,
  mend: string,
): readonly Found[] {
  const sent = textOf(request);
  const all = visitors.filter(({ markers }) => markerIn(markers, received, sent) !== undefined);
  const shown = all.find(({ tenant }) => tenant !== visitor.tenant) ?? all[0];
  if (shown === undefined && !isServed(received)) return [];
  const what =
    shown === undefined ? "as if nothing were wrong" : `with what is ${shown.tenant}'s own`;
  const severity = severityOf(visitor, shown);
  return [
    {
      subject: `GET ${site.route}`,
      detail: name,
      message: `As ${describeIdentity(visitor.identity)}, a request with ${name} was answered ${received.status} ${what}.`,
      mend,
      ...(severity === undefined ? {} : { severity }),
    },
  ];
}

/** The rule's own where whoever asked is answered as itself: no leak, but not refused. */
function severityOf(
  visitor: Visitor,
  shown: Visitor | undefined,
): "critical" | "medium" | undefined {
  if (shown === undefined) return "medium";
  return shown.tenant === visitor.tenant ? undefined : "critical";
}

function isServed({ status }: Received): boolean {
  return status >= 200 && status < 300;
}

/** As `400 (5 times), closed without an answer`. */
export function tally(answers: readonly Pick<Received, "status">[]): string {
  const counts = new Map<number, number>();
  for (const { status } of answers) counts.set(status, (counts.get(status) ?? 0) + 1);
  return [...counts]
    .sort(([a], [b]) => a - b)
    .map(([status, number]) => {
      const what = status === 0 ? "closed without an answer" : `answered ${status}`;
      return number === 1 ? `1 ${what}` : `${number} ${what}`;
    })
    .join(", ");
}
