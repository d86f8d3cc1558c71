import type { Attack } from "./attacks/attack.js";
import { attacks } from "./attacks/all.js";
import { insideOf } from "./attacks/errors.js";
import { Bout, describeMarkers } from "./attacks/bout.js";
import { shieldFrom } from "./attacks/shield.js";
import type { Reply } from "./http/asker.js";
import type { Column, Pair } from "./ledger.js";
import { nameOf, type Route } from "./routes/route.js";
import { tenantsOf, type Run } from "./run.js";
import type { Maker } from "./things/maker.js";
import { BudgetSpent } from "./http/budget.js";

/** Every identity against every other tenant. */
export function pairsOf(run: Run): readonly Pair[] {
  return run.identities.flatMap((attacker) =>
    tenantsOf(run)
      .filter((tenant) => tenant !== attacker.tenant)
      .map((tenant) => ({
        attacker,
        victim: run.identities.find((each) => each.tenant === tenant)!,
      })),
  );
}

const order = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"];

/** @returns why it ended early; null where it did not */
export async function fight(
  run: Run,
  maker: Maker,
  pairs: readonly Pair[],
): Promise<string | null> {
  const routes = [...run.routes].sort((a, b) => order.indexOf(a.method) - order.indexOf(b.method));
  for (const pair of pairs) for (const route of routes) expect(run, pair, route);
  try {
    for (const pair of pairs) {
      for (const [index, route] of routes.entries()) {
        run.onStep(
          `${pair.attacker.name} at ${pair.victim.tenant}: ${index + 1} of ${routes.length}, ${nameOf(route)}`,
        );
        for (const attack of attacks)
          if (isWanted(run, attack) && attack.applies(route))
            await attackWith(attack, new Bout(run, maker, pair, route));
      }
    }
    return null;
  } catch (error) {
    if (error instanceof BudgetSpent) return error.message;
    throw error;
  }
}

function isWanted({ settings }: Run, { columns }: Attack): boolean {
  return columns.some((column) => settings.attacks.has(column));
}

function expect(run: Run, pair: Pair, route: Route): void {
  const applying = attacks
    .filter((attack) => isWanted(run, attack) && attack.applies(route))
    .flatMap(({ columns }): readonly Column[] => columns);
  run.ledger.expect(pair, nameOf(route), route.source === "found" ? "not described" : "", applying);
}

/** Whatever an attack looks at: no answer may hold another tenant's data, and no error what is inside. */
async function attackWith(attack: Attack, bout: Bout): Promise<void> {
  const { run, pair, name } = bout;
  const shield = shieldFrom(attack, bout);
  if (shield !== null) {
    for (const column of attack.columns) bout.unproven(column, shield);
    return;
  }
  const leaking: Reply[] = [];
  const telling: Reply[] = [];
  run.asker.onReply = (who, _outgoing, reply) => {
    if (run.leaked.addAll(who.tenant, reply.leaks)) leaking.push(reply);
    if (reply.status >= 400 && insideOf(reply.text) !== null) telling.push(reply);
  };
  try {
    await attack.run(bout);
  } finally {
    run.asker.onReply = () => undefined;
  }
  const [first] = leaking;
  const isSaid = attack.columns.some(
    (column) => run.ledger.verdictOf(pair, name, column) === "open",
  );
  if (first !== undefined && !isSaid) {
    bout.open(
      attack.columns[0]!,
      "list",
      `An answer (${first.status}) holds ${describeMarkers(first.leaks)}.`,
      "Take the tenant from the request's scope in every query, and make it part of every cache's key.",
    );
  }
  for (const reply of telling) {
    const shown = insideOf(reply.text)!;
    bout.open(
      "errors",
      "errorText",
      `An error (${reply.status}) shows ${shown}.`,
      "Answer errors with a code and a general title; log the rest.",
      shown,
    );
  }
}
