/**
 * The secret with its last four characters replaced by others. Replaced by fixed ones, a secret
 * that happens to end in them stays good, once in so many runs.
 */
export function spoiled(secret: string): string {
  const ending = secret.endsWith("AAAA") ? "BBBB" : "AAAA";
  return `${secret.slice(0, -4)}${ending}`;
}
