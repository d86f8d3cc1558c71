import { lookup } from "node:dns/promises";
import { BlockList, isIP } from "node:net";
import { impossible, unusable } from "../problem.js";

const loopback = new BlockList();
loopback.addSubnet("127.0.0.0", 8, "ipv4");
loopback.addAddress("::1", "ipv6");

/** Where to connect: looked up once, so that a name cannot lead elsewhere later. */
export interface Target {
  readonly address: string;
  readonly port: number;
  readonly secure: boolean;
}

export function parseBaseUrl(text: string): URL {
  const url = URL.canParse(text) ? new URL(text) : null;
  if (url === null || !/^https?:$/.test(url.protocol)) {
    throw unusable(
      `${JSON.stringify(text)} is no base URL.`,
      "Give one as http://127.0.0.1:3000 or https://…/api.",
    );
  }
  if (url.username !== "" || url.search !== "" || url.hash !== "") {
    throw unusable(
      "A base URL has no user, query or fragment.",
      "Put credentials into the identities' files.",
    );
  }
  return url;
}

/**
 * @param allowed host names of machines other than this one that the caller owns
 * @throws {TenantryError} `CONFIG_INVALID` where it is another machine that is not allowed
 */
export async function resolveTarget(url: URL, allowed: readonly string[]): Promise<Target> {
  const host = url.hostname.replace(/^\[|\]$/g, "");
  const secure = url.protocol === "https:";
  const port = Number(url.port) || (secure ? 443 : 80);
  const addresses = await addressesOf(host);
  if (!addresses.every(isLoopback) && !allowed.includes(host)) {
    throw unusable(
      `${host} is not this machine, and a probe attacks whatever it is aimed at.`,
      `Aim it at a copy of the service on this machine; or, where the target is yours, say --allow-remote --i-own-this-target ${host}.`,
    );
  }
  return { address: addresses[0]!, port, secure };
}

async function addressesOf(host: string): Promise<readonly string[]> {
  if (isIP(host) !== 0) return [host];
  // RFC 6761, section 6.3; not every system's resolver knows them.
  if (/(^|\.)localhost$/i.test(host)) return ["127.0.0.1"];
  try {
    return (await lookup(host, { all: true })).map(({ address }) => address);
  } catch (error) {
    throw impossible(`The host ${host} cannot be found.`, "Check --base-url.", error);
  }
}

function isLoopback(address: string): boolean {
  return loopback.check(address, isIP(address) === 6 ? "ipv6" : "ipv4");
}
