/** Where one connects, but what is sent does not arrive: a pooler in transaction mode, as a rule. */
export class UndeliveredError extends Error {
  override readonly name = "UndeliveredError";
}

/** In milliseconds: the first, doubled each time up to the last. */
const firstPause = 100;
const lastPause = 5_000;
/** Of no use to hurry: this one does not mend itself, and each attempt costs the pooler something. */
const lastPauseUndelivered = 60_000;

/** The pauses before one connects anew. */
export interface Pauses {
  after(failure: Error): number;
  /** After an attempt that succeeded. */
  reset(): void;
}

export function createPauses(): Pauses {
  let failures = 0;
  let undelivered = 0;
  return {
    after(failure) {
      const isUndelivered = failure instanceof UndeliveredError;
      const last = isUndelivered ? lastPauseUndelivered : lastPause;
      // Counted apart: an hour without a server must not make the first of the others a long one.
      const before = isUndelivered ? undelivered++ : failures++;
      if (!isUndelivered) undelivered = 0;
      const longest = Math.min(last, firstPause * 2 ** Math.min(before, 16));
      // Half of it fixed and half by chance, so that many processes do not come back all at once.
      return longest * (0.5 + Math.random() / 2);
    },
    reset() {
      failures = 0;
      undelivered = 0;
    },
  };
}
