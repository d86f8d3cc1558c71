import type pg from "pg";
import type { Arena } from "./arena.js";
import type { Attack } from "./attack.js";
import { secretsOf } from "./secrets.js";
import { aimAt, type TargetKind } from "./targets.js";

export interface Outcome {
  readonly leaked: boolean;
  /** For people: what was to be seen, or what became of B's rows. */
  readonly evidence: string;
}

/** Fires once, looks at the loot and at B's rows, and puts everything back. */
export async function fire(
  attack: Attack,
  kind: TargetKind,
  arena: Arena,
  app: pg.Client,
  mutated = false,
): Promise<Outcome> {
  const before = JSON.stringify(await arena.rowsOfB());
  const target = aimAt(kind, attack, arena, app, mutated);
  try {
    // Printed plans are broken into lines wherever it pleases the server, within numbers too.
    const loot = (JSON.stringify(await attack.fire(target)) ?? "nothing").replace(
      /(?:\\[ntr]|\s)+/g,
      "",
    );
    const secrets = await secretsOf(arena);
    const seen = ["b-canary", "canary11@b", ...secrets].find((secret) => loot.includes(secret));
    if (seen !== undefined) return { leaked: true, evidence: excerpt(loot, seen) };
    const after = JSON.stringify(await arena.rowsOfB());
    if (after !== before) return { leaked: true, evidence: `B's rows became ${after}` };
    return { leaked: false, evidence: loot.slice(0, 400) };
  } finally {
    await arena.reset().catch((error: unknown) => {
      // A mutant may have let the attack make that impossible; its database is thrown away.
      if (!mutated) throw error;
    });
  }
}

function excerpt(loot: string, seen: string): string {
  const at = loot.indexOf(seen);
  return loot.slice(Math.max(0, at - 100), at + 100);
}
