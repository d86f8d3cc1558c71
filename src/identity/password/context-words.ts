/** Shorter ones stand in too many words to mean anything. */
const leastWord = 4;

/**
 * Whether a password holds a word that an attacker tries first, and would be too short without it. Who
 * writes more than that is not refused for one word in it: NIST SP 800-63B-4 §3.1.1.2 compares whole
 * passwords, and no composition rules beyond.
 */
export function containsTooMuchOf(
  password: string,
  word: string | undefined,
  least: number,
): boolean {
  const folded = fold(password);
  return spellingsOf(word ?? "").some((spelling) => {
    if (!folded.includes(spelling)) return false;
    return [...folded.replaceAll(spelling, "")].length < least;
  });
}

/** As it is, and its letters and digits alone: `Ada Lovelace` and `ada.lovelace` are `adalovelace`, too. */
function spellingsOf(word: string): readonly string[] {
  const folded = fold(word.trim());
  return [folded, folded.replace(/[^\p{L}\p{N}]/gu, "")].filter(
    (spelling) => [...spelling].length >= leastWord,
  );
}

function fold(text: string): string {
  return text.normalize("NFKC").toLowerCase();
}
