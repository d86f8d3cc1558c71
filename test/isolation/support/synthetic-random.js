/**
 * Chance that repeats: the same seed gives the same numbers (mulberry32).
 * @param {number} seed
 */
export function randomFrom(seed) {
  let state = seed;
  const random = () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
  /** 0 to `most`. @param {number} most */
  const upTo = (most) => Math.floor(random() * (most + 1));
  /** @template T @param {readonly T[]} choices @returns {T} */
  const of = (choices) => choices[upTo(choices.length - 1)];
  /** That many different ones, or all. @template T @param {readonly T[]} choices @param {number} number @returns {T[]} */
  const some = (choices, number) => {
    const left = [...choices];
    return Array.from({ length: Math.min(number, left.length) }, () =>
      left.splice(upTo(left.length - 1), 1),
    ).flat();
  };
  return Object.assign(random, { upTo, of, some });
}
