import { LRUCache } from "lru-cache";
import type { KeyRing } from "../../../core/seal/key-ring.js";
import type { FeedListener } from "../../../registry/feed/contract.js";
import type { AuthorityChange, AuthorityDoubt } from "../contract.js";
import { readAuthorityPayload } from "../payload.js";

/** Announcements that are remembered, some 4 MB. */
const maxHeard = 10_000;
/** Of what nothing proves, so much is looked into in a second. */
const maxDoubts = 100;

/** What is made of what Redis says. */
export interface Hearing {
  /** This text was sent by the database, or from here. */
  known(text: string): void;
  /** A text came from Redis. */
  heard(text: string): void;
  /** Versions may count anew from now on: the database may have been restored. */
  forget(): void;
}

/**
 * Whoever can publish in Redis can repeat what was once true, of this database or of a copy of it. So
 * no version from there is demanded of the database: it is a doubt, after which the database says what
 * is so. A denial is one of a token's own and ends with it: taken over where a good MAC proves it.
 */
export function createHearing(
  keys: KeyRing,
  listener: Pick<FeedListener<AuthorityChange, AuthorityDoubt>, "changed" | "doubted">,
  now: () => number = () => performance.now(),
): Hearing {
  const known = new LRUCache<string, true>({ max: maxHeard });
  const isAllowed = createAllowance(maxDoubts, now);

  return {
    known: (text) => void known.set(text, true),
    heard(text) {
      const announcement = readAuthorityPayload(text, keys);
      if (announcement.proven) {
        // What the database told of already was taken in then, and is not read twice.
        if (known.has(text)) return;
        known.set(text, true);
        const { change } = announcement;
        if (change.kind === "denied") listener.changed(change);
        else listener.doubted(change);
        return;
      }
      const { doubt } = announcement;
      // A doubt about a token is kept until it is asked for, and what cannot be read would be about
      // everything: neither is for strangers to raise. The database's own feed raises them.
      if (doubt?.kind === "version" && isAllowed()) listener.doubted(doubt);
    },
    forget: () => known.clear(),
  };
}

/** So many in any one second, by the clock of `now`. */
function createAllowance(perSecond: number, now: () => number): () => boolean {
  let began = -Infinity;
  let used = 0;
  return () => {
    if (now() - began >= 1_000) {
      began = now();
      used = 0;
    }
    used += 1;
    return used <= perSecond;
  };
}
