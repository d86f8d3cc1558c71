import type { Mutant } from "../mutant.js";
import { effectMutants } from "./effects.js";
import { functionMutants } from "./functions.js";
import { keyMutants } from "./keys.js";
import { policyMutants } from "./policies.js";
import { privilegeMutants } from "./privileges.js";
import { roleMutants } from "./roles.js";
import { sessionMutants } from "./session.js";
import { viewMutants } from "./views.js";

/** Every way in which a guard is broken. */
export const allMutants: readonly Mutant[] = [
  ...roleMutants,
  ...policyMutants,
  ...privilegeMutants,
  ...viewMutants,
  ...functionMutants,
  ...keyMutants,
  ...sessionMutants,
  ...effectMutants,
];
