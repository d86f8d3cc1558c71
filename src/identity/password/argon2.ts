import { hash, verify } from "@node-rs/argon2";
import type { HashCost } from "./cost.js";

/** The work itself, so that tests can count it. */
export interface Argon2 {
  /** Gives a PHC string: argon2id, version 19, 16 random bytes of salt, 32 of output (RFC 9106 §3.1). */
  hash(password: string, cost: HashCost): Promise<string>;
  /** Takes the cost from the PHC string: check that first. */
  verify(phc: string, password: string): Promise<boolean>;
}

/** On threads of libuv's pool. Argon2id and version 19 are the library's defaults; a test holds it to them. */
export const nativeArgon2: Argon2 = {
  hash: (password, { memoryKib, passes, parallelism }) =>
    hash(password, {
      memoryCost: memoryKib,
      timeCost: passes,
      parallelism,
      outputLen: 32,
    }),
  verify: (phc, password) => verify(phc, password),
};
