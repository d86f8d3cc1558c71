import { cascade } from "./cascade.js";
import { defaultInsert, forgedInsert, nullTenant } from "./insert.js";
import { moveAway } from "./move.js";
import { noTenant, seesNullTenant } from "./no-tenant.js";
import { explain } from "./oracle.js";
import { privilege } from "./privilege.js";
import type { TableProbe } from "./probe.js";
import { read } from "./read.js";
import { reference } from "./reference.js";
import { remove, takeOver, update } from "./update.js";
import { setNull } from "./set-null.js";
import { unenforced } from "./unenforced.js";
import { merge, upsert } from "./upsert.js";

/** Everything that is tried on a tenant table. */
export const tableProbes: readonly TableProbe[] = [
  read,
  seesNullTenant,
  noTenant,
  forgedInsert,
  defaultInsert,
  nullTenant,
  update,
  takeOver,
  moveAway,
  remove,
  upsert,
  merge,
  reference,
  unenforced,
  cascade,
  setNull,
  explain,
  privilege,
];
