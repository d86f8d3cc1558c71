import { insideScope, runCentral, type Inside } from "../core/context.js";
import type { Admission } from "./decide.js";

/**
 * The way into an admitted request's context, from wherever it is called: also from a callback that
 * runs in another request's.
 */
export function insideOf(admission: Admission): Inside {
  if (admission.kind === "tenant") return insideScope(admission.scope);
  return (work) => runCentral(admission.route, work);
}
