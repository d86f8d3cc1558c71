import { nativeArgon2, type Argon2 } from "./argon2.js";
import type { HashCost } from "./cost.js";

export interface CountedArgon2 extends Argon2 {
  /** What was really worked for, in order. */
  readonly calls: readonly (HashCost & {
    readonly kind: "hash" | "verify";
    readonly password: string;
  })[];
  /** The most that ran at once. */
  readonly most: () => number;
}

/** The real argon2, with a tally. */
export function countedArgon2(): CountedArgon2 {
  const calls: CountedArgon2["calls"][number][] = [];
  let [now, most] = [0, 0];
  const during = async <T>(work: Promise<T>): Promise<T> => {
    most = Math.max(most, (now += 1));
    return await work.finally(() => (now -= 1));
  };
  return {
    calls,
    most: () => most,
    hash(password, cost) {
      calls.push({ kind: "hash", password, ...cost });
      return during(nativeArgon2.hash(password, cost));
    },
    verify(phc, password) {
      calls.push({ kind: "verify", password, ...costOf(phc) });
      return during(nativeArgon2.verify(phc, password));
    },
  };
}

function costOf(phc: string): HashCost {
  const [, memoryKib, passes, parallelism] = /m=(\d+),t=(\d+),p=(\d+)/.exec(phc)!.map(Number);
  return { memoryKib: memoryKib!, passes: passes!, parallelism: parallelism! };
}
