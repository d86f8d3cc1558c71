import type { Adoption } from "../../adoption.js";
import type { Stage, Step } from "../step.js";
import { columns } from "./columns.js";
import { registry } from "./registry.js";

/** Takes away what only the rollout needed. */
export function finish(adoption: Adoption): Stage {
  // What took the triggers back is what ends them; what makes them brings them back.
  const helpers = [...registry(adoption).steps, ...columns(adoption).steps].filter(({ undo }) =>
    undo.some((each) => typeof each === "string" && each.startsWith("drop trigger")),
  );
  return {
    number: 99,
    name: "finish",
    purpose:
      "Drops the triggers of the rollout: tenant_id now comes from the scope. Run it once nothing of the old app is left.",
    locks: "ACCESS EXCLUSIVE on one table at a time, for a moment.",
    duration: "Milliseconds.",
    steps: helpers.map((step): Step => ({
      title: `no more: ${step.title}`,
      statements: step.undo,
      undo: step.statements,
    })),
  };
}
