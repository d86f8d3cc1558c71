import { currentContext, runCentral, runInScope } from "../core/context.js";
import type { Admission } from "./decide.js";

/** Runs work in one request's context. */
export type Inside = <T>(work: () => T) => T;

/**
 * The way into an admitted request's context, from wherever it is called: also from a callback that
 * runs in another request's.
 */
export function insideOf(admission: Admission): Inside {
  if (admission.kind === "central") {
    return (work) => runCentral(admission.route, work);
  }
  const { scope } = admission;
  return (work) => {
    const context = currentContext();
    if (context?.kind === "tenant" && context.scope === scope) return work();
    return runInScope(scope, work, { nested: true });
  };
}
