import { leavesOf } from "../../probe/compare/leaves.js";
import { jsonOf, type Answer } from "../../probe/http/message.js";

/** What a page says: every text of a JSON document, every word of anything else. */
function phrasesOf(answer: Answer): ReadonlySet<string> {
  const document = jsonOf(answer);
  const texts =
    typeof document === "object" && document !== null
      ? [...leavesOf(document).values()]
          .filter((leaf) => leaf.startsWith('"'))
          .map((leaf) => leaf.slice(1, -1))
      : Array.from(answer.text.matchAll(/[\p{L}\p{N}][\p{L}\p{N}_-]*/gu), ([word]) => word);
  return new Set(texts.filter((text) => text.length >= 4 && /\p{L}/u.test(text)));
}

const most = 500;

/**
 * What only this tenant's page says: each time, and no other's.
 * @param others pages of other tenants, and errors, which are nobody's
 */
export function markersOf(
  first: Answer,
  second: Answer,
  others: readonly Answer[],
): readonly string[] {
  const again = phrasesOf(second);
  return [...phrasesOf(first)]
    .filter((phrase) => again.has(phrase) && !others.some(({ text }) => text.includes(phrase)))
    .slice(0, most);
}

/** The first of the markers that an answer holds, apart from those that the request itself held. */
export function markerIn(
  markers: readonly string[],
  { text, headers }: Answer,
  sent: string,
): string | undefined {
  const all = [text, ...headers.values()].join("\n");
  return markers.find((marker) => all.includes(marker) && !sent.includes(marker));
}
