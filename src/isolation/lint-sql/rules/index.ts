import { columnChecks } from "./columns.js";
import { functionChecks } from "./functions.js";
import { grantChecks } from "./grants.js";
import { keyChecks } from "./keys.js";
import { otherChecks } from "./others.js";
import { policyChecks } from "./policies.js";
import { roleChecks } from "./roles.js";
import type { Check, LintRule } from "./rule.js";
import { tableChecks } from "./tables.js";
import { unreadChecks } from "./unread.js";
import { viewChecks } from "./views.js";
import { ignoreRule } from "../source/ignore.js";

export const checks: readonly Check[] = [
  ...tableChecks,
  ...columnChecks,
  ...keyChecks,
  ...policyChecks,
  ...viewChecks,
  ...functionChecks,
  ...grantChecks,
  ...roleChecks,
  ...otherChecks,
  ...unreadChecks,
];

/** By their ids, as docs/lint.md lists them. */
export const lintRules: readonly LintRule[] = [
  ...checks.flatMap(({ rules }) => rules),
  ignoreRule,
].sort((a, b) => Number(a.id.slice(1)) - Number(b.id.slice(1)));
