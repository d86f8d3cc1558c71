import { createHash } from "node:crypto";
import { LRUCache } from "lru-cache";
import type { VerificationKeys } from "./keys/verification-keys.js";
import type { VerifiedAccessToken } from "./verified-token.js";

/** A token that was good, and the key that it was good with. */
export interface Verification {
  readonly token: VerifiedAccessToken;
  readonly kid: string;
}

export interface VerificationMemory {
  /**
   * What is known of this very token, or what `verify` says of it. Known is only what was good, with
   * a key that is still in `keys`, and before its expiry. Calls that come while `verify` runs for the
   * same token and the same keys wait for it.
   * @param seconds since the epoch
   */
  recall(
    token: string,
    keys: VerificationKeys,
    seconds: number,
    verify: () => Promise<Verification>,
  ): Promise<VerifiedAccessToken>;
}

/** @param size how many tokens are kept, those that were used last */
export function createVerificationMemory(size: number): VerificationMemory {
  const known = new LRUCache<string, Verification>({ max: size });
  const flights = new Map<string, { keys: VerificationKeys; result: Promise<Verification> }>();

  async function verifyOnce(print: string, verify: () => Promise<Verification>) {
    const verification = await verify();
    known.set(print, verification);
    return verification;
  }

  return {
    async recall(token, keys, seconds, verify) {
      const print = fingerprint(token);
      const hit = known.get(print);
      if (hit !== undefined && isStillGood(hit, keys, seconds)) return hit.token;
      let flight = flights.get(print);
      if (flight?.keys !== keys) {
        const started = { keys, result: verifyOnce(print, verify) };
        flight = started;
        flights.set(print, started);
        const done = () => flights.get(print) === started && flights.delete(print);
        started.result.then(done, done);
      }
      return (await flight.result).token;
    },
  };
}

/** A clock that was put back to before the token was made finds it not good as well. */
function isStillGood({ token, kid }: Verification, keys: VerificationKeys, seconds: number) {
  return keys.has(kid) && seconds >= token.issuedAt && seconds < token.expiresAt;
}

/** Of the whole text: two tokens that share every claim are still two. */
function fingerprint(token: string): string {
  return createHash("sha256").update(token).digest("base64");
}
