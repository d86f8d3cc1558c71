import { a1 } from "./a1-row-security-off.js";
import { a2 } from "./a2-not-forced.js";
import { a3 } from "./a3-app-owns.js";
import { a4 } from "./a4-bypass-reachable.js";
import { a5 } from "./a5-create-role.js";
import { a6 } from "./a6-replication.js";
import { a7 } from "./a7-server-roles.js";
import { b1 } from "./b1-nothing-let-in.js";
import { b2 } from "./b2-open-command.js";
import { b3 } from "./b3-loose-permissive.js";
import { b4 } from "./b4-check-omits-tenant.js";
import { b5 } from "./b5-floor-not-for-everyone.js";
import { b6 } from "./b6-bypass-setting.js";
import { b7 } from "./b7-self-comparison.js";
import { b8 } from "./b8-membership-self-grant.js";
import { b9 } from "./b9-null-opens.js";
import { b10 } from "./b10-empty-setting.js";
import { b11 } from "./b11-nullable-tenant.js";
import { b12 } from "./b12-lossy-comparison.js";
import { b13 } from "./b13-immutable-context.js";
import { b14 } from "./b14-shadowed-helper.js";
import { b15 } from "./b15-default-tenant.js";
import { b16 } from "./b16-slow-policy.js";
import { b17 } from "./b17-recursion-and-defaults.js";
import { c1 } from "./c1-definer-view.js";
import { c2 } from "./c2-lost-view-options.js";
import { c3 } from "./c3-unfiltered-relation.js";
import { c4 } from "./c4-definer-function.js";
import { c5 } from "./c5-context-left-changed.js";
import { c6 } from "./c6-rewrite-rule.js";
import { c7 } from "./c7-partition-reached-directly.js";
import { c8 } from "./c8-default-privileges.js";
import { c9 } from "./c9-truncate.js";
import { c10 } from "./c10-trigger-privilege.js";
import { c11 } from "./c11-references-privilege.js";
import { c12 } from "./c12-deferred-trigger.js";
import { c13 } from "./c13-guard-asleep.js";
import { c14 } from "./c14-publication.js";
import { c15 } from "./c15-large-objects.js";
import { c16 } from "./c16-sequence.js";
import { c17 } from "./c17-way-out.js";
import { c18 } from "./c18-unclassified-table.js";
import { c19 } from "./c19-operator-table.js";
import { d1 } from "./d1-cross-tenant-reference.js";
import { d2 } from "./d2-cross-tenant-action.js";
import { d3 } from "./d3-existence-oracle.js";
import { d4 } from "./d4-global-key.js";
import { d5 } from "./d5-upsert-before-policies.js";
import { d6 } from "./d6-loose-match.js";
import { d7 } from "./d7-view-only-isolation.js";
import { d8 } from "./d8-unenforced-reference.js";
import { d9 } from "./d9-tenant-column.js";
import { e1 } from "./e1-explain.js";
import { e2 } from "./e2-sizes.js";
import { e3 } from "./e3-timing-oracle.js";
import { e4 } from "./e4-error-detail.js";
import { e5 } from "./e5-shared-channels.js";
import { f1 } from "./f1-session-level-tenant.js";
import { f3 } from "./f3-bare-setting.js";
import { t1 } from "./t1-guard-altered.js";
import { t2 } from "./t2-protection-altered.js";
import { t3 } from "./t3-app-may-create.js";
import { v1 } from "./v1-vulnerable-server.js";
import type { Check } from "./check.js";

/** Every check, in the order of the catalogue. */
export const checks: readonly Check[] = [
  a1,
  a2,
  a3,
  a4,
  a5,
  a6,
  a7,
  b1,
  b2,
  b3,
  b4,
  b5,
  b6,
  b7,
  b8,
  b9,
  b10,
  b11,
  b12,
  b13,
  b14,
  b15,
  b16,
  b17,
  c1,
  c2,
  c3,
  c4,
  c5,
  c6,
  c7,
  c8,
  c9,
  c10,
  c11,
  c12,
  c13,
  c14,
  c15,
  c16,
  c17,
  c18,
  c19,
  d1,
  d2,
  d3,
  d4,
  d5,
  d6,
  d7,
  d8,
  d9,
  e1,
  e2,
  e3,
  e4,
  e5,
  f1,
  f3,
  t1,
  t2,
  t3,
  v1,
];
