import type { Check } from "./check.js";
import { leakFindings, leaksRowsToo } from "./support/leak-findings.js";
import { floorSql } from "./support/policy-mend.js";

export const b3: Check = {
  id: "B3",
  name: "loose-permissive",
  severity: "high",
  title: "A permissive policy that asks for other things than the tenant",
  meaning:
    "Permissive policies are joined by OR, so a tight one beside a loose one holds nothing: every row that the loose one likes, as one marked public, is open to every tenant. Written FOR ALL, it lets them change such rows as well, forge new ones for another tenant, and move their own there.",
  *find(subject) {
    yield* leakFindings(
      subject,
      (leak, all) =>
        (leak.case.kind === "loose" && (leak.use !== "write" || leaksRowsToo(leak, all))) ||
        (leak.case.kind === "constant" && leak.use === "change"),
      ({ table, policy, case: { text } }, who) => ({
        message: `Policy ${policy} on ${table.relation.schema}.${table.relation.name} lets rows of any tenant through for ${who}, asking only: ${text}.`,
        mend: `${floorSql(subject, table)}\n-- where other tenants are meant to read such rows: a policy FOR SELECT alone, and the floor FOR INSERT, UPDATE and DELETE; then suppress this finding with that reason`,
      }),
    );
  },
};
