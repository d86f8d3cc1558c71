import { Unanswered } from "../item.js";
import type { Answer } from "../item.js";
import type { Site, Visitor } from "./site.js";

/** A host in its parts: `acme.app.localhost:3000`. */
export interface HostParts {
  /** `acme.app.localhost` */
  readonly name: string;
  /** `acme` */
  readonly label: string;
  /** `app.localhost`; empty where the name is one label. */
  readonly parent: string;
  /** `:3000`, or empty. */
  readonly port: string;
}

export function partsOf(host: string): HostParts {
  const port = /:\d+$/.exec(host)?.[0] ?? "";
  const name = host.slice(0, host.length - port.length);
  const [label = "", ...rest] = name.split(".");
  return { name, label, parent: rest.join("."), port };
}

/**
 * What there is to say where hosts tell no tenants: two tenants that are answered at one host, each with its own.
 * @throws {Unanswered} where no host of a tenant was named
 */
export async function withoutHosts(site: Site): Promise<Answer | undefined> {
  const visitors = await site.visitors();
  const names = new Set(visitors.map(({ host }) => partsOf(host).name.toLowerCase()));
  if (names.size > 1 || visitors.some(isNamed)) return undefined;
  const telling = visitors.filter(({ markers }) => markers.length > 0);
  if (new Set(telling.map(({ tenant }) => tenant)).size > 1) {
    return {
      verdict: "not applicable",
      evidence: `${telling.map(({ tenant }) => tenant).join(" and ")} are answered at one host, ${[...names].join()}, each with its own: the tenant is told by the credentials.`,
    };
  }
  throw new Unanswered("No tenant's host was named: give --host, as --host acme.localhost.");
}

/** Whether somebody said that this is a tenant's host. With one host for two tenants, it is neither's. */
function isNamed({ identity }: Visitor, _: number, all: readonly Visitor[]): boolean {
  return identity.host !== undefined && !all.some((other) => isNeighbour(other, identity));
}

function isNeighbour(other: Visitor, identity: Visitor["identity"]): boolean {
  return other.identity.host === identity.host && other.tenant !== identity.tenant;
}
