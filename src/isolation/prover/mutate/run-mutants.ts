import { keyOf } from "../../report/finding.js";
import type { Outcome } from "../outcome.js";
import type { Limits } from "../trial.js";
import { ask } from "./ask.js";
import { readBroken, type Base } from "./broken.js";
import { allMutants } from "./kinds/index.js";
import type { Mutant } from "./mutant.js";
import type { MutateOptions, Tried } from "./mutation.js";
import { placesFor, type Place, type Places } from "./sites.js";

/** How many places are tried where the database refuses to break the guard. */
const mostPlaces = 2;

export interface Campaign {
  readonly base: Base;
  readonly places: Places;
  readonly limits: Limits;
  readonly options: MutateOptions;
  /** Keys of what was found while all guards stood. */
  readonly known: ReadonlySet<string>;
}

/** Breaks one guard at a time, each in a savepoint, and asks what must notice. */
export async function runMutants(campaign: Campaign): Promise<readonly Tried[]> {
  const { seconds = 120, names } = campaign.options;
  const end = Date.now() + seconds * 1000;
  const tried: Tried[] = [];
  for (const mutant of allMutants.filter(({ name }) => names?.includes(name) ?? true)) {
    tried.push(
      Date.now() < end
        ? await tryMutant(campaign, mutant)
        : { mutant, fate: "left out", place: undefined, note: `${seconds} seconds were over` },
    );
  }
  return tried;
}

async function tryMutant(campaign: Campaign, mutant: Mutant): Promise<Tried> {
  const places = placesFor(mutant, campaign.places).slice(0, mostPlaces);
  let last: Tried | undefined;
  for (const place of places) {
    last = await breakAt(campaign, mutant, place);
    if (last.fate !== "failed") return last;
  }
  const note = `no ${mutant.on} that it could break, or none where nothing of the kind is open yet`;
  return last ?? { mutant, fate: "not applicable", place: undefined, note };
}

async function breakAt(campaign: Campaign, mutant: Mutant, place: Place): Promise<Tried> {
  const { base, limits } = campaign;
  const said = { mutant, place: place.name };
  try {
    return await base.stage.rolledBack(async () => {
      await base.stage.asProver(place.statements.join(";\n"));
      const broken = await readBroken(base, place.statements, mutant.settings ?? []);
      const { table } = place;
      const outcomes = table === undefined ? [] : await ask(broken, table, mutant.expect, limits);
      const missed = unnoticed(campaign, mutant, outcomes);
      if (missed === "") return { ...said, fate: "killed", note: undefined };
      return { ...said, fate: "survived", note: missed };
    });
  } catch (error) {
    const { code, severity, message } = error as Partial<Record<string, string>>;
    if (code === undefined || severity !== "ERROR") throw error;
    return { ...said, fate: "failed", note: `${code} ${(message ?? "").split("\n")[0]!}` };
  }
}

/** The attacks of which nothing new was found, and what was said instead. */
function unnoticed(
  { known, options }: Campaign,
  { expect }: Mutant,
  outcomes: readonly Outcome[],
): string {
  const found = outcomes
    .flatMap(({ findings }) => findings)
    .filter((finding) => !known.has(keyOf(finding)))
    .map(({ rule }) => rule.id)
    .filter((id) => options.deafTo?.includes(id) !== true);
  const missed = expect.filter(({ id }) => !found.includes(id)).map(({ id }) => id);
  if (missed.length === 0) return "";
  const notes = new Set(
    outcomes.flatMap(({ verdict, note }) => (verdict === "unproven" ? (note ?? []) : [])),
  );
  return [missed.join(", "), ...notes].join("; ");
}
