import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { createInterface } from "node:readline";
import { TenantryError } from "../../core/tenantry-error.js";

/**
 * Whether a password is known from a breach, or much used. It is given the SHA-1 in 40 upper-case
 * hex digits, and never the password: that is what such lists hold, and what it logs or sends by mistake
 * is no password. (A SHA-1 is guessed quickly; to another machine goes a part of it at most, as
 * `breachedByRange` sees to.) It should stop when `signal` is aborted.
 */
export type IsBreached = (sha1: string, signal: AbortSignal) => boolean | Promise<boolean>;

/** SHA-1 of a password's UTF-8, 40 upper-case hex digits. */
export function sha1Of(password: string): string {
  return createHash("sha1").update(password).digest("hex").toUpperCase();
}

/**
 * Asks a range service such as Have I Been Pwned's, which sees the first 5 of the 40 digits and so cannot
 * tell which password is meant (k-anonymity).
 * @param lookUp gives, for 5 digits, one line for each hash that begins so: the 35 others, `:`, and how
 * often it was seen. Lines with 0 are padding
 */
export function breachedByRange(
  lookUp: (prefix: string, signal: AbortSignal) => Promise<string>,
): IsBreached {
  return async (sha1, signal) => {
    const answer = await lookUp(sha1.slice(0, 5), signal);
    if (typeof answer !== "string") throw new TypeError("The range look-up gave no text.");
    const rest = sha1.slice(5);
    return answer.split(/\r?\n/).some((line) => {
      const [suffix = "", count = "1"] = line.trim().split(":");
      return suffix.toUpperCase() === rest && Number(count) !== 0;
    });
  };
}

export interface BreachedListOptions {
  /** Lines that the file may have, 1 to 10,000,000; each takes some 100 bytes of memory. Default 1,000,000. */
  readonly most?: number;
}

const hashLine = /^([0-9A-Fa-f]{40})(?::\d+)?$/;

/**
 * Reads a list once, into memory: a line is a password, or its SHA-1 in hex with or without `:` and a
 * count. Empty lines are left out.
 * @throws {TenantryError} `CONFIG_INVALID` where it has too many lines; and what reading the file throws
 */
export async function breachedByFile(
  path: string,
  { most = 1_000_000 }: BreachedListOptions = {},
): Promise<IsBreached> {
  const known = new Set<string>();
  const input = createReadStream(path);
  try {
    for await (const line of createInterface({ input, crlfDelay: Infinity })) {
      if (line === "") continue;
      known.add(hashLine.exec(line)?.[1]?.toUpperCase() ?? sha1Of(line.normalize("NFC")));
      if (known.size > most) throw tooLong(path, most);
    }
  } finally {
    input.destroy();
  }
  return (sha1) => known.has(sha1);
}

function tooLong(path: string, most: number): TenantryError {
  return new TenantryError("CONFIG_INVALID", {
    message: `The list of breached passwords ${path} has more than ${most} lines.`,
    fix: "Keep the most frequent ones, allow more, or ask a range service.",
  });
}
