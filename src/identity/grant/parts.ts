import type { EventSink } from "../../core/event.js";
import type { KeyRing } from "../../core/seal/key-ring.js";
import type { GrantDatabase, Reuse } from "./contract.js";
import type { Roles } from "../membership/roles.js";

/** What starting, refreshing and ending are done with. */
export interface GrantParts {
  readonly database: GrantDatabase;
  readonly keys: KeyRing;
  readonly events: EventSink;
  /** The caller's clock, or null for the database's. */
  readonly clock: () => Date | null;
  readonly graceMilliseconds: number;
  readonly settlingMilliseconds: number;
  readonly lifetimeSeconds: number;
  readonly roles: Roles;
  readonly onReuse: ((reuse: Reuse) => unknown) | undefined;
}
