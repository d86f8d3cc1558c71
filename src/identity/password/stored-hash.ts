import { randomBytes } from "node:crypto";
import { parseOptions } from "@node-rs/argon2";
import type { HashCost } from "./cost.js";

/** A PHC string of argon2id, version 19, and nothing besides: no key id, no data. */
const pattern =
  /^\$argon2id\$v=19\$m=([1-9]\d{0,6}),t=([1-9]\d{0,2}),p=([1-9]\d{0,2})\$([A-Za-z0-9+/]{11,86})\$([A-Za-z0-9+/]{43,86})$/;

/** What a stored hash may cost: RFC 9106 §4's second choice, which other libraries use, has room. */
const mostCost: HashCost = { memoryKib: 65_536, passes: 10, parallelism: 4 };

/**
 * The cost of a stored hash, read before any work is done.
 * @returns null where it is no hash of argon2id, or one that would cost more than `own` and 64 MiB in 10
 * passes on 4 lanes: whoever can write one hash must not take the machine's memory by it
 */
export function readStoredHash(phc: unknown, own: HashCost): HashCost | null {
  const match = typeof phc === "string" && phc.length <= 256 ? pattern.exec(phc) : null;
  if (match === null || !isReadable(match[0])) return null;
  const [memoryKib, passes, parallelism] = match.slice(1, 4).map(Number) as [
    number,
    number,
    number,
  ];
  const bounded =
    memoryKib <= Math.max(mostCost.memoryKib, own.memoryKib) &&
    passes <= Math.max(mostCost.passes, own.passes) &&
    parallelism <= Math.max(mostCost.parallelism, own.parallelism) &&
    memoryKib >= 8 * parallelism;
  return bounded ? { memoryKib, passes, parallelism } : null;
}

/** The library's own opinion, base64 included: it must not fail later without having worked. */
function isReadable(phc: string): boolean {
  try {
    return parseOptions(phc).outputLen >= 32;
  } catch {
    return false;
  }
}

/** Looks like a hash of that cost. No password fits: its output is random, and was never computed. */
export function makeDecoy({ memoryKib, passes, parallelism }: HashCost): string {
  const base64 = (bytes: number) => randomBytes(bytes).toString("base64").replace(/=+$/, "");
  return `$argon2id$v=19$m=${memoryKib},t=${passes},p=${parallelism}$${base64(16)}$${base64(32)}`;
}
