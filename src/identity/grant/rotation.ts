/** What the rotation of one grant depends on. Times are milliseconds since the epoch, of one clock. */
export interface RotationState {
  /** The generation of the one token that may be rotated. 1 is the first. */
  readonly generation: number;
  /** When that generation was made. */
  readonly rotatedAt: number;
  /** When the grant is over, however often it is refreshed. */
  readonly expiresAt: number;
  readonly ended: boolean;
}

/**
 * - `rotate`: the newest token; make generation `to`
 * - `repeat`: its immediate parent, in time, or the newest itself while it is young: answer with the
 *   newest token again
 * - `end`: a token whose successor was taken long ago: two parties hold the family
 * - `refuse`: nothing changes
 */
export type RotationDecision =
  | { readonly act: "rotate"; readonly to: number }
  | { readonly act: "repeat" }
  | { readonly act: "end" }
  | { readonly act: "refuse"; readonly because: "ended" | "expired" | "ahead" | "exhausted" };

/** Largest generation: what fits a column of type integer. */
export const lastGeneration = 2 ** 31 - 1;

/**
 * What becomes of a grant when a _genuine_ token of generation `presented` is used (RFC 9700
 * §4.14.2). Pure: whoever acts on it writes under the condition that `generation` is still the same.
 * @param now milliseconds since the epoch
 * @param grace milliseconds in which the parent of the newest token gets that one again
 * @param settling milliseconds in which what was rotated is not rotated again; 0 is none. As long as the
 * grace, no honest browser is taken for a thief: a request that it sent with the parent, and that is
 * still on its way, would else find a grandparent's token in its hands (rotation.test.ts)
 */
export function decide(
  state: RotationState,
  presented: number,
  now: number,
  grace: number,
  settling = 0,
): RotationDecision {
  if (state.ended) return { act: "refuse", because: "ended" };
  if (now >= state.expiresAt) return { act: "refuse", because: "expired" };
  // Genuine, and not made yet: the database is an older copy of itself. No theft, so nothing ends.
  if (presented > state.generation) return { act: "refuse", because: "ahead" };
  if (presented === state.generation) {
    const isYoung = presented > 1 && now - state.rotatedAt <= settling;
    if (settling > 0 && isYoung) return { act: "repeat" };
    return presented < lastGeneration
      ? { act: "rotate", to: presented + 1 }
      : { act: "refuse", because: "exhausted" };
  }
  const inTime = now - state.rotatedAt <= grace;
  return presented === state.generation - 1 && inTime ? { act: "repeat" } : { act: "end" };
}
