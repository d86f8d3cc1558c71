import type { Column } from "../ledger.js";
import type { Route } from "../routes/route.js";
import type { Bout } from "./bout.js";

export interface Attack {
  /** The columns that it fills in, for the routes that it applies to. */
  readonly columns: readonly Column[];
  applies(route: Route): boolean;
  run(bout: Bout): Promise<void>;
}
