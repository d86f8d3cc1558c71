import type { EventSink } from "../../core/event.js";
import type { GrantDatabase, Grants } from "../grant/index.js";

/** What issuing and redeeming are done with. */
export interface CodeParts {
  readonly database: GrantDatabase;
  readonly grants: Pick<Grants, "start" | "end">;
  readonly events: EventSink;
  readonly lifetimeSeconds: number;
}
