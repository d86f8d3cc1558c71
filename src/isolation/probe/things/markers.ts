import type { Canaries } from "./canary.js";
import { isDistinctive } from "./id-shape.js";

/** A string that is one tenant's, found where another tenant asked. */
export interface Marker {
  readonly tenant: string;
  readonly text: string;
  /** As `a canary in project`, or `the id of a project`. */
  readonly what: string;
}

/** Knows whose strings are whose, and finds them in what others are answered. */
export class Markers {
  private readonly known = new Map<string, Marker>();
  private readonly shared = new Set<string>();

  constructor(private readonly canaries: Canaries) {}

  add(marker: Marker): void {
    const key = marker.text.toLowerCase();
    if (!this.known.has(key) && !this.shared.has(key)) this.known.set(key, marker);
  }

  /** What two tenants have both written tells nothing any more. */
  share(text: string, tenant: string): void {
    const key = text.toLowerCase();
    if ((this.known.get(key)?.tenant ?? tenant) === tenant) return;
    this.known.delete(key);
    this.shared.add(key);
  }

  /** Whose a string is, where that is known. */
  ownerOf(text: string): string | undefined {
    return this.known.get(text.toLowerCase())?.tenant;
  }

  /** All markers in a text, each once. */
  in(text: string): readonly Marker[] {
    const found = new Map<string, Marker>();
    for (const word of [...this.canaries.in(text), ...distinctiveIn(text)]) {
      const marker = this.known.get(word.toLowerCase());
      if (marker !== undefined) found.set(marker.text, marker);
    }
    return [...found.values()];
  }

  /** Those of other tenants than `tenant` that `sent` does not hold: an echo is no leak. */
  foreignIn(text: string, tenant: string, sent: string): readonly Marker[] {
    const echo = sent.toLowerCase();
    return this.in(text).filter(
      (marker) => marker.tenant !== tenant && !echo.includes(marker.text.toLowerCase()),
    );
  }
}

const largestScanned = 2_000_000;

/** Ids and addresses: what is no date, no word and no number. */
export function distinctiveIn(text: string): readonly string[] {
  const words =
    text.slice(0, largestScanned).match(/[\w-]{16,64}={0,2}|[\w.+-]{1,64}@[\w.-]{3,64}/g) ?? [];
  return words.filter((word) => word.includes("@") || isDistinctive(word));
}
