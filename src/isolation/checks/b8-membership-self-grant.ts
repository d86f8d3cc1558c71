import { nameOf, sqlName, quoted } from "../catalog/names.js";
import type { Relation } from "../catalog/relation.js";
import { askersOf, commandVerdicts, policyBonds, type Bond } from "../policies/index.js";
import type { Subject } from "../subject/subject.js";
import type { Check, Found } from "./check.js";

export const b8: Check = {
  id: "B8",
  name: "membership-self-grant",
  severity: "critical",
  title: "Users can make themselves members of any tenant",
  meaning:
    "Policies look the tenant up in a table of memberships, and the same role may write that table for any tenant: whoever inserts a row for themselves is let in. The same holds for claims that users edit, as Supabase's user_metadata.",
  *find(subject) {
    const bonds = policyBonds(subject);
    yield* writableLookups(subject, bonds);
    yield* editableClaims(bonds);
  },
};

function* writableLookups(subject: Subject, bonds: readonly Bond[]): Iterable<Found> {
  const names = new Set(
    bonds.flatMap((bond) => (bond.case.kind === "membership" ? (bond.case.via ?? []) : [])),
  );
  for (const name of names) {
    const table = [...subject.tables.values()].find(({ relation }) => nameOf(relation) === name);
    if (table === undefined) continue;
    for (const { role, login } of askersOf(subject)) {
      if (role !== login || role.superuser) continue;
      const open = commandVerdicts(subject, table, role).filter(
        ({ command, verdict }) =>
          (command === "INSERT" || command === "UPDATE") && verdict === "leaks",
      );
      if (open.length === 0) continue;
      const users = bonds.filter((bond) => bond.case.via === name);
      yield {
        subject: name,
        detail: role.name,
        message: `${role.name} may ${open.map(({ command }) => command).join(" and ")} memberships in ${name} for any tenant (${open[0]!.why}), and ${policiesOf(users)} believe them.`,
        mend: revokeSql(
          table.relation,
          open.map(({ command }) => command),
          role.name,
        ),
      };
    }
  }
}

function policiesOf(bonds: readonly Bond[]): string {
  const names = [
    ...new Set(bonds.map(({ table, policy }) => `${policy} on ${nameOf(table.relation)}`)),
  ];
  const more = names.length > 3 ? ` and ${names.length - 3} more` : "";
  return `the policies ${names.slice(0, 3).join(", ")}${more}`;
}

function revokeSql(relation: Relation, commands: readonly string[], role: string): string {
  return `REVOKE ${commands.join(", ")} ON ${sqlName(relation)} FROM PUBLIC, ${quoted(role)};\n-- memberships are then written by a role of their own, after an invitation was checked`;
}

function* editableClaims(bonds: readonly Bond[]): Iterable<Found> {
  const seen = new Set<string>();
  for (const { table, policy, case: found } of bonds) {
    if (!found.contexts.some(({ text }) => text.includes("user_metadata"))) continue;
    const key = `${nameOf(table.relation)} ${policy}`;
    if (seen.has(key)) continue;
    seen.add(key);
    yield {
      subject: nameOf(table.relation),
      detail: policy,
      message: `Policy ${policy} on ${nameOf(table.relation)} believes user_metadata, which users edit themselves: ${found.text}.`,
      mend: "Keep the tenant in app_metadata, which only the server writes, or look it up in a table of memberships.",
    };
  }
}
