import { seededRandom } from "../random.js";

interface Service {
  /** Milliseconds that every answer takes more. */
  readonly slower?: number;
  /** The mean of what comes on top by chance, in milliseconds. */
  readonly noise?: number;
}

/** Skewed, as response times are, with a stray one now and then. */
export function times(
  seed: number,
  count: number,
  { slower = 0, noise = 0.25 }: Service = {},
): number[] {
  const random = seededRandom(seed);
  return Array.from(
    { length: count },
    () => slower + 1 - Math.log(1 - random()) * noise + (random() < 0.02 ? 20 : 0),
  );
}
