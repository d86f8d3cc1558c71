import type { Asker } from "./http/asker.js";
import type { Budget } from "./http/budget.js";
import type { Identity } from "./identity/identity.js";
import type { Column, Ledger } from "./ledger.js";
import type { Random } from "./random.js";
import type { Route } from "./routes/route.js";
import type { Canaries } from "./things/canary.js";
import type { Markers } from "./things/markers.js";
import type { Leaked } from "./things/leaked.js";
import type { Things } from "./things/thing.js";

/** What all parts of one run share. */
export interface Run {
  readonly identities: readonly Identity[];
  routes: readonly Route[];
  readonly asker: Asker;
  readonly budget: Budget;
  readonly canaries: Canaries;
  readonly markers: Markers;
  readonly things: Things;
  readonly ledger: Ledger;
  readonly random: Random;
  readonly settings: Settings;
  /** Routes that could not be tried, with the reason. */
  readonly uncovered: Map<string, string>;
  /** What leaked before. */
  readonly leaked: Leaked;
  readonly onStep: (step: string) => void;
}

export interface Settings {
  readonly attacks: ReadonlySet<Column>;
  /** Change and delete what the probe did not make, too. */
  readonly destructive: boolean;
  /** Requests for each kind of id; 0 leaves timing out. */
  readonly timingSamples: number;
  /** Headers that might name the tenant. */
  readonly tenantHeaders: readonly string[];
}

/** The tenants, in the order in which their identities were given. */
export function tenantsOf({ identities }: Pick<Run, "identities">): readonly string[] {
  return [...new Set(identities.map(({ tenant }) => tenant))];
}
