import type { Oid } from "../../catalog/catalog.js";
import type { Finding } from "../../report/finding.js";
import type { Subject } from "../../subject/subject.js";
import type { Outcome } from "../outcome.js";
import type { AllRights } from "../rights.js";
import type { Attack } from "../rules.js";
import type { Stage } from "../stage.js";
import type { Target } from "../target.js";
import type { Limits } from "../trial.js";

/** What the probes of views, functions, roles and settings play with. */
export interface Scene {
  readonly stage: Stage;
  readonly subject: Subject;
  readonly rights: AllRights;
  /** The tables that were asked for, tenants' or not. */
  readonly tried: ReadonlySet<Oid>;
  /** Tenant tables among them with rows of both tenants. */
  readonly targets: readonly Target[];
  /** What only B's rows hold, of all tables. */
  readonly canaries: ReadonlySet<string>;
  /** What only A's rows hold. */
  readonly ownCanaries: ReadonlySet<string>;
  readonly limits: Limits;
}

/** A row of the matrix of everything that is no table. */
export interface ObjectRow {
  readonly name: string;
  readonly kind: string;
  readonly outcome: Outcome;
}

export type ObjectProbe = (scene: Scene) => Promise<readonly ObjectRow[]>;

export function accuseObject(
  { id, name, severity, title, meaning }: Attack,
  subject: string,
  found: Pick<Finding, "message" | "mend" | "detail" | "severity">,
): Finding {
  return { rule: { id, name, severity, title, meaning }, subject, ...found };
}
