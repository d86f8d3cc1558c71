import { nameOf } from "../catalog/names.js";
import { policyBonds } from "../policies/index.js";
import type { Check } from "./check.js";
import { someOf } from "./support/ways.js";

export const f3: Check = {
  id: "F3",
  name: "bare-setting",
  severity: "high",
  title: "Any statement can change the tenant that policies believe",
  meaning:
    "The policies take the tenant from a setting that every statement can set. set_config('…', 'another tenant', true) fits into a single SELECT, so one SQL injection is enough to become any tenant: row security then helps against forgotten WHERE clauses, not against an attacker. A sealed setting carries a proof that only the application can make, and the database checks it.",
  *find(subject) {
    const tables = new Map<string, Set<string>>();
    const sealed = new Set<string>();
    for (const { table, case: found } of policyBonds(subject)) {
      const sources = found.contexts.flatMap((context) => context.sources);
      if (sources.some(({ kind }) => kind === "sealed")) sealed.add(nameOf(table.relation));
      for (const { kind, name } of sources) {
        if (kind !== "setting") continue;
        tables.set(name, (tables.get(name) ?? new Set()).add(nameOf(table.relation)));
      }
    }
    for (const [setting, names] of tables) {
      const held = [...names].filter((name) => !sealed.has(name));
      if (held.length === 0) continue;
      const isClaim = setting.startsWith("request.jwt.");
      yield {
        subject: `setting ${setting}`,
        message: `The policies of ${held.length} tables (${someOf(held)}) believe ${setting}, which any SQL statement can set${isClaim ? ", where anything but PostgREST runs SQL" : ""}.`,
        mend: `Put the tables under Tenantry's sealed scope: select tenantry.protect('${held[0]!}'); and so on for each; its policies ask (select tenantry.current_tenant()), which checks a seal that SQL cannot forge.`,
        ...(isClaim ? { severity: "medium" as const } : {}),
      };
    }
  },
};
