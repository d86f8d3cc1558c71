import { randomBytes } from "node:crypto";
import type { Item } from "../item.js";
import { partsOf, withoutHosts } from "../server/hosts.js";
import { expectRefusals, type Trial } from "../server/refusals.js";
import type { Visitor } from "../server/site.js";

export const k2: Item = {
  id: "K2",
  name: "unknown-hosts-refused",
  severity: "high",
  question: "Are hosts that are no tenant's refused",
  title: "A host that is no tenant's is served",
  meaning:
    "A host that nobody registered must lead to nobody. One that is matched by its beginning or its end, or falls back to some tenant, lets whoever owns a similar domain, or none, be answered as a customer.",
  needs: ["server"],
  async answer({ server }) {
    const without = await withoutHosts(server);
    return without ?? expectRefusals(server, (visitor) => trialsOf(visitor, server.route), mend);
  },
};

const mend =
  "Look the whole host up, byte for byte after normalising it, and refuse what is not registered; never match by a prefix or suffix alone, never fall back to a tenant.";

function trialsOf({ host }: Visitor, path: string): readonly Trial[] {
  const { name, label, parent, port } = partsOf(host);
  const random = `nobody-${randomBytes(5).toString("hex")}`;
  const hosts: readonly (readonly [string, string])[] = [
    ...(parent === ""
      ? []
      : [
          ["an unknown subdomain", `${random}.${parent}`] as const,
          ["the tenant's name under another domain", `${label}.${random}.test`] as const,
        ]),
    ["an unknown domain", `${random}.test`],
    ["an IPv4 address", "127.0.0.1"],
    ["an IPv6 address", "[::1]"],
    ["the tenant's host as a prefix", `${name}.${random}.test`],
    ["the tenant's host as a suffix", `evil${name}`],
    ["a subdomain of the tenant's host", `${random}.${name}`],
  ];
  return hosts
    .filter(([, each]) => each !== name)
    .map(([title, each]) => ({ name: title, request: { path, hosts: [each + port] } }));
}
