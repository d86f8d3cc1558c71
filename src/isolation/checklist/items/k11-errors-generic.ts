import type { Found } from "../../checks/check.js";
import { insideOf } from "../../probe/attacks/errors.js";
import { differences } from "../../probe/compare/differences.js";
import type { Answer as Received } from "../../probe/http/message.js";
import { tenantNamesOf } from "../../probe/identity/identity.js";
import { judged, Unanswered, type Item } from "../item.js";
import { errorTrials, foreignThing, type ErrorTrial } from "../server/errors.js";
import { markerIn } from "../server/markers.js";
import { tally } from "../server/refusals.js";
import { worstOfEach } from "../server/worst-of-each.js";
import type { Site, Visitor } from "../server/site.js";

export const k11: Item = {
  id: "K11",
  name: "errors-generic",
  severity: "medium",
  question: "Do errors say nothing of the inside and of other tenants",
  title: "An error tells more than that something went wrong",
  meaning:
    "SQL, constraints and stacks in an error help an attacker; another tenant's name or data in one is a leak; an error that differs for what another tenant has tells that it is there.",
  needs: ["server"],
  async answer({ server }) {
    const visitors = await server.visitors();
    const seen: { status: number }[] = [];
    const findings: Found[] = [];
    for (const visitor of visitors.slice(0, 2)) {
      for (const trial of errorTrials(server, visitor, visitors)) {
        const received = await trial.send();
        if (received.status >= 400) seen.push(received);
        findings.push(...gapsIn(server, visitor, visitors, trial, received));
      }
    }
    const alike = await compareForeign(server, visitors);
    if (seen.length === 0) {
      throw new Unanswered("No request that should have failed was answered with an error.");
    }
    return judged(
      [...worstOfEach(findings), ...alike.findings],
      `${seen.length} errors were read (${tally(seen)}). ${alike.evidence}`,
    );
  },
};

const mend =
  "Answer every error with a code and a general title, the same for what is not there and what is another tenant's; log the rest.";

function gapsIn(
  site: Site,
  visitor: Visitor,
  visitors: readonly Visitor[],
  { name, sent }: ErrorTrial,
  received: Received,
): readonly Found[] {
  if (received.status < 400) return [];
  const inside = insideOf(received.text);
  const other = visitors.find(
    ({ tenant, markers, identity }) =>
      tenant !== visitor.tenant &&
      markerIn([...markers, ...tenantNamesOf(identity)], received, sent) !== undefined,
  );
  const shows = [
    ...(inside === null ? [] : [[inside, inside] as const]),
    ...(other === undefined ? [] : [["tenant", `what is ${other.tenant}'s own`] as const]),
  ];
  return shows.map(([kind, what]) => ({
    subject: `GET ${site.route}`,
    detail: `${name}, ${kind}`,
    message: `To ${visitor.tenant}, ${name} was answered ${received.status} with ${what}.`,
    mend,
    ...(kind === "tenant" ? { severity: "high" as const } : {}),
  }));
}

/** Another tenant's thing against two that never were. */
async function compareForeign(site: Site, visitors: readonly Visitor[]) {
  const told: Found[] = [];
  let compared = 0;
  for (const [owner, asker] of pairsOf(visitors)) {
    const thing = await foreignThing(site, owner, asker);
    if (thing === null) continue;
    compared += 1;
    const differ = differences(thing.foreign, thing.missing, thing.another);
    if (differ.length === 0) continue;
    told.push({
      subject: `GET ${thing.path}`,
      detail: "existence",
      message: `What ${owner.tenant} has is answered to ${asker.tenant} otherwise than what nobody has: ${differ.join(", ")}.`,
      mend,
    });
  }
  const evidence =
    compared === 0
      ? "No thing of another tenant's was found below the route to compare with one that never was: tenantry probe does."
      : `${compared} things of another tenant's were compared with two each that never were.`;
  return { findings: told, evidence };
}

function pairsOf(visitors: readonly Visitor[]): readonly (readonly [Visitor, Visitor])[] {
  const first = visitors[0]!;
  const second = visitors.find(({ tenant }) => tenant !== first.tenant);
  return second === undefined
    ? []
    : [
        [first, second],
        [second, first],
      ];
}
