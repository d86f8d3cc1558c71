import type { Item } from "../item.js";
import { k1 } from "./k1-host-required.js";
import { k2 } from "./k2-unknown-hosts.js";
import { k3 } from "./k3-hosts-normalised.js";
import { k4 } from "./k4-registry-live.js";
import { k5 } from "./k5-context-cleared.js";
import { k6 } from "./k6-tables-classified.js";
import { k7 } from "./k7-row-security.js";
import { k8 } from "./k8-cross-tenant-test.js";
import { k9 } from "./k9-caches-keyed.js";
import { k10 } from "./k10-jobs-stamped.js";
import { k11 } from "./k11-errors-generic.js";
import { k12 } from "./k12-audit-log.js";

/** In the order of the review. */
export const items: readonly Item[] = [k1, k2, k3, k4, k5, k6, k7, k8, k9, k10, k11, k12];
