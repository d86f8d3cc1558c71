import type { Item } from "../item.js";
import { withoutHosts } from "../server/hosts.js";
import { expectRefusals, type Trial } from "../server/refusals.js";
import type { Visitor } from "../server/site.js";

export const k1: Item = {
  id: "K1",
  name: "host-required",
  severity: "high",
  question: "Is a request without one clear host refused",
  title: "A request without one clear host is served",
  meaning:
    "Without a host, with an empty one or with two, nobody can say whose request it is. A service that answers all the same has a default tenant, or believes another host than the proxy before it.",
  needs: ["server"],
  async answer({ server }) {
    const without = await withoutHosts(server);
    return without ?? expectRefusals(server, (visitor) => trialsOf(visitor, server.route), mend);
  },
};

const mend =
  "Read the host in one place; refuse a request that has none, an empty one, or more than one. There is no default tenant.";

function trialsOf({ host }: Visitor, path: string): readonly Trial[] {
  const trial = (name: string, request: Partial<Trial["request"]>): Trial => ({
    name,
    request: { path, hosts: [], ...request },
  });
  return [
    trial("no Host", {}),
    trial("no Host in HTTP/1.0", { version: "1.0" }),
    trial("an empty Host", { hosts: [""] }),
    trial("an empty Host in HTTP/1.0", { version: "1.0", hosts: [""] }),
    trial("the same Host twice", { hosts: [host, host] }),
    trial("a known and an unknown Host", { hosts: [host, `nobody-${host}`] }),
    trial("an unknown and a known Host", { hosts: [`nobody-${host}`, host] }),
  ];
}
