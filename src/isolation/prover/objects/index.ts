import { functions } from "./functions.js";
import { largeObjects } from "./large-objects.js";
import type { ObjectProbe } from "./scene.js";
import { sequences } from "./sequences.js";
import { contextFlip, defaultTenant, planCache, roleReach, selfGrant } from "./session.js";
import { sideEffects } from "./side-effects.js";
import { temporaryShadow } from "./shadow.js";
import { timing } from "./timing.js";
import { views } from "./views.js";

/** Everything that is tried beside the tables. */
export const objectProbes: readonly ObjectProbe[] = [
  views,
  functions,
  sideEffects,
  contextFlip,
  planCache,
  temporaryShadow,
  sequences,
  largeObjects,
  defaultTenant,
  roleReach,
  selfGrant,
  timing,
];
