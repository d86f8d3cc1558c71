import type { LintRule } from "./rule.js";

export const alwaysTrue: LintRule = {
  id: "L38",
  name: "policy-always-true",
  severity: "critical",
  gaps: ["B2", "B3"],
  title: "A policy is true for every row",
  meaning:
    "Permissive policies add up, so one that is always true opens the command to all tenants, whatever the others say. A blind UPDATE or DELETE needs no matching SELECT policy.",
};

export const openUnset: LintRule = {
  id: "L39",
  name: "policy-open-when-unset",
  severity: "critical",
  gaps: ["B9", "B10"],
  title: "Without a tenant a policy shows everything",
  meaning:
    "A fresh connection, or one whose setting was lost, sees all tenants instead of none. After SET LOCAL the setting is the empty string, never null again, so it even depends on who used the connection before.",
};

export const tenantless: LintRule = {
  id: "L40",
  name: "policy-shows-tenantless-rows",
  severity: "high",
  gaps: ["B11"],
  title: "A policy lets rows without a tenant through",
  meaning:
    "A tenant plants rows that all others see, or makes a row of its own everyone's, by writing null.",
};

export const bypass: LintRule = {
  id: "L41",
  name: "policy-bypass-setting",
  severity: "high",
  gaps: ["B6"],
  title: "A setting switches a policy off",
  meaning:
    "Any session can make a setting, and so can SQL that somebody injects. A way past the policies belongs to another role.",
};

export const itself: LintRule = {
  id: "L42",
  name: "policy-compares-with-itself",
  severity: "critical",
  gaps: ["B7"],
  title: "A policy compares the tenant's column with itself",
  meaning:
    "In a sub-select a bare column name binds to the inner table, so the comparison is true for every row.",
};

export const withoutTenant: LintRule = {
  id: "L43",
  name: "policy-without-tenant",
  severity: "high",
  gaps: ["B3", "B4"],
  title: "A policy does not compare the tenant's column",
  meaning:
    "Rows of other tenants pass where they meet its condition; in WITH CHECK, a tenant writes rows in another's name.",
};

export const notUnderstood: LintRule = {
  id: "L44",
  name: "policy-not-understood",
  severity: "low",
  gaps: ["B8"],
  title: "A policy leaves the decision to something else",
  meaning:
    "It names no tenant, so whether it holds depends on a function or on another table's rows, and on who may write those. `tenantry prove` tries it.",
};

export const casts: LintRule = {
  id: "L45",
  name: "policy-casts-column",
  severity: "medium",
  gaps: ["B16", "B12"],
  title: "A policy casts the tenant's column",
  meaning: "No index on the column serves the comparison: every statement reads the whole table.",
};

export const cuts: LintRule = {
  id: "L46",
  name: "policy-cuts-value",
  severity: "high",
  gaps: ["B12"],
  title: "A policy compares a cut value",
  meaning:
    "A cast to a type with a length cuts what is longer, and two tenants with one beginning become one.",
};

export const otherSetting: LintRule = {
  id: "L47",
  name: "policy-reads-other-setting",
  severity: "medium",
  gaps: ["B6"],
  title: "A policy reads a setting that is not the tenant's",
  meaning:
    "The service sets one setting and the policy reads another: it shows nothing, or what somebody else put there.",
};

export const floorForSome: LintRule = {
  id: "L48",
  name: "floor-for-some-roles",
  severity: "high",
  gaps: ["B5"],
  title: "The restrictive floor holds some roles alone",
  meaning: "A role that is not named, or that does not inherit the named one, is not held by it.",
};

export const severalWithoutFloor: LintRule = {
  id: "L49",
  name: "policies-without-floor",
  severity: "low",
  gaps: ["B2", "B3"],
  title: "Several permissive policies and no restrictive floor",
  meaning: "They add up: the widest of them decides, now and whenever one is added.",
};
