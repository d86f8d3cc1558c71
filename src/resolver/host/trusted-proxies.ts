import ipaddr from "ipaddr.js";
import { configInvalid } from "../refusal.js";

type Address = ipaddr.IPv4 | ipaddr.IPv6;
type Range = readonly [address: Address, bits: number];

/** Whether a peer is one of the proxies whose forwarded headers are believed. */
export type IsTrustedProxy = (remoteAddress: string | null) => boolean;

/**
 * @param proxies addresses (`10.0.0.7`) and CIDR ranges (`10.0.0.0/8`, `fd00::/8`)
 * @throws {TenantryError} `CONFIG_INVALID`
 */
export function trustedProxies(proxies: readonly string[]): IsTrustedProxy {
  const ranges = proxies.map(parseRange);
  if (ranges.length === 0) return () => false;
  return (remoteAddress) => {
    const peer = parsePeer(remoteAddress);
    return peer !== null && ranges.some((range) => isWithin(peer, range));
  };
}

function isWithin(peer: Address, [address, bits]: Range): boolean {
  if (peer instanceof ipaddr.IPv4)
    return address instanceof ipaddr.IPv4 && peer.match(address, bits);
  return address instanceof ipaddr.IPv6 && peer.match(address, bits);
}

/** A dual-stack socket reports IPv4 peers as `::ffff:10.0.0.7`; `process` turns them back. */
function parsePeer(remoteAddress: string | null): Address | null {
  if (remoteAddress === null || !isPlainAddress(remoteAddress)) return null;
  return ipaddr.process(remoteAddress);
}

/** Without ipaddr.js's leniency, which reads `10.1` as 10.0.0.1 and `010.0.0.1` as 8.0.0.1. */
function isPlainAddress(text: string): boolean {
  return ipaddr.IPv4.isValidFourPartDecimal(text) || (text.includes(":") && ipaddr.isValid(text));
}

function parseRange(text: unknown): Range {
  const [spelled = "", bits, ...rest] = typeof text === "string" ? text.split("/") : [];
  if (!isPlainAddress(spelled) || rest.length > 0) throw rangeInvalid(text);
  const address = ipaddr.parse(spelled);
  const width = address instanceof ipaddr.IPv4 ? 32 : 128;
  if (bits !== undefined && !/^[1-9][0-9]{0,2}$/.test(bits)) throw rangeInvalid(text);
  const length = bits === undefined ? width : Number(bits);
  if (length > width) throw rangeInvalid(text);
  if (address instanceof ipaddr.IPv4 || !address.isIPv4MappedAddress()) return [address, length];
  // As peers are compared as IPv4, `::ffff:10.0.0.0/104` has to become 10.0.0.0/8.
  if (length <= 96) throw rangeInvalid(text);
  return [address.toIPv4Address(), length - 96];
}

function rangeInvalid(text: unknown): Error {
  return configInvalid(
    `\`trustedProxies\` has ${JSON.stringify(text)}, which is no address and no range that may be trusted.`,
    'List your proxies\' own addresses or CIDR ranges, such as "10.0.0.0/8"; a range of every address (/0) would let any client choose its tenant.',
  );
}
