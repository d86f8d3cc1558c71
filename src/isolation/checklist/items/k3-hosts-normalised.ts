import type { Found } from "../../checks/check.js";
import { isGood } from "../../probe/http/message.js";
import { judged, type Answer, type Item } from "../item.js";
import { partsOf, withoutHosts } from "../server/hosts.js";
import { markerIn } from "../server/markers.js";
import { expectRefusals, tally, type Trial } from "../server/refusals.js";
import { worstOfEach } from "../server/worst-of-each.js";
import { assertTelling, type Site, type Visitor } from "../server/site.js";

export const k3: Item = {
  id: "K3",
  name: "hosts-normalised",
  severity: "medium",
  question: "Does every spelling of a host lead to its own tenant or to none",
  title: "A spelling of a host leads elsewhere, or is served though it is no host",
  meaning:
    "Upper case, a trailing dot or a port name the same host: answered as another tenant they are a way in, and a cache that keys by the spelling mixes answers. What is no host at all, as one with a percent or a comma in it, is read differently by every layer.",
  needs: ["server"],
  async answer({ server }) {
    const without = await withoutHosts(server);
    if (without !== undefined) return without;
    const same = await spellAlike(server);
    const odd = await expectRefusals(
      server,
      (visitor) => oddTrials(visitor, server.route),
      oddMend,
    );
    return judged(
      [...(same.findings ?? []), ...(odd.findings ?? [])],
      `${same.evidence} ${odd.evidence}`,
    );
  },
};

const mend =
  "Normalise the host once, before it is looked up: lower case, without a trailing dot and port; key caches by the tenant, not by the host's spelling.";
const oddMend = "Refuse a Host that is not a host name of letters, digits, hyphens and dots.";

/** Other spellings of the same host: its own tenant's page, or a refusal. */
async function spellAlike(site: Site): Promise<Answer> {
  const visitors = await site.visitors();
  const findings: Found[] = [];
  const statuses: { status: number }[] = [];
  for (const visitor of visitors.slice(0, 2)) {
    assertTelling(visitor.markers, visitor.identity, site);
    for (const { name, request } of sameTrials(visitor, site.route)) {
      const received = await site.askBare(visitor, request);
      statuses.push(received);
      const other = visitors.find(
        ({ tenant, markers }) =>
          tenant !== visitor.tenant && markerIn(markers, received, "") !== undefined,
      );
      const strange = isGood(received) && markerIn(visitor.markers, received, "") === undefined;
      if (other === undefined && !strange) continue;
      const seen =
        other === undefined ? "without anything of its own" : `with what is ${other.tenant}'s own`;
      findings.push({
        subject: `GET ${site.route}`,
        detail: name,
        message: `${visitor.tenant}'s host with ${name} was answered ${received.status} ${seen}.`,
        mend,
        severity: other === undefined ? "medium" : "critical",
      });
    }
  }
  const end = findings.length === 0 ? ", each as its own tenant or refused" : "";
  const names = "upper case, trailing dot, other ports";
  return judged(
    worstOfEach(findings),
    `${statuses.length} other spellings of known hosts (${names}): ${tally(statuses)}${end}.`,
  );
}

function sameTrials({ host }: Visitor, path: string): readonly Trial[] {
  const { name, port } = partsOf(host);
  const mixed = [...name].map((letter, at) => (at % 2 === 0 ? letter.toUpperCase() : letter));
  return trials(path, [
    ["upper case", name.toUpperCase() + port],
    ["mixed case", mixed.join("") + port],
    ["a trailing dot", `${name}.${port}`],
    ["upper case and a trailing dot", `${name.toUpperCase()}.${port}`],
    ["another port", `${name}:1`],
    ["no port", name],
  ]);
}

function oddTrials({ host }: Visitor, path: string): readonly Trial[] {
  const { name, label, parent, port } = partsOf(host);
  const rest = parent === "" ? "" : `.${parent}`;
  const wide = String.fromCodePoint(label.toLowerCase().codePointAt(0)! + 0xfee0);
  return trials(path, [
    ["two dots", `${name.replace(".", "..")}${parent === "" ? ".." : ""}${port}`],
    ["a percent", `%${label.codePointAt(0)!.toString(16)}${label.slice(1)}${rest}${port}`],
    ["a wide letter", `${wide}${label.slice(1)}${rest}${port}`],
    ["an underscore", `${label}_${rest}${port}`],
    ["a comma", `${name},nobody.test${port}`],
    ["a user", `nobody@${name}${port}`],
    ["a slash", `${name}/${port}`],
    ["a space", `${label} ${rest}${port}`],
    ["a port that is none", `${name}:x`],
  ]);
}

function trials(path: string, hosts: readonly (readonly [string, string])[]): readonly Trial[] {
  return hosts.map(([name, host]) => ({ name, request: { path, hosts: [host] } }));
}
