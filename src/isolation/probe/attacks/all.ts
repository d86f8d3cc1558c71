import { aliases } from "./aliases.js";
import type { Attack } from "./attack.js";
import { batches } from "./batches.js";
import { byId } from "./by-id.js";
import { caching } from "./caching.js";
import { claims } from "./claims.js";
import { credentials } from "./credentials.js";
import { errors } from "./errors.js";
import { filters } from "./filters.js";
import { forms } from "./forms.js";
import { hosts } from "./hosts.js";
import { lists } from "./lists.js";
import { references } from "./references.js";
import { timing } from "./timing.js";
import { unique } from "./unique.js";

/** In the order in which each route goes through them: what may delete comes with its own record. */
export const attacks: readonly Attack[] = [
  lists,
  byId,
  timing,
  filters,
  references,
  unique,
  batches,
  aliases,
  forms,
  claims,
  hosts,
  credentials,
  caching,
  errors,
];
