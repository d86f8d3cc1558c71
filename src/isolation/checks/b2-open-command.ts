import type { Check } from "./check.js";
import { leakFindings } from "./support/leak-findings.js";
import { floorSql } from "./support/policy-mend.js";
import { policyLeaks } from "../policies/index.js";

export const b2: Check = {
  id: "B2",
  name: "open-command",
  severity: "critical",
  title: "A policy that lets every row through for some command",
  meaning:
    "A policy such as USING (true) holds nobody. On UPDATE and DELETE it is easily overlooked: with a WHERE clause PostgreSQL asks the SELECT policies too, so tests by id come back empty, while a blind UPDATE or DELETE without WHERE reaches every tenant's rows.",
  *find(subject) {
    yield* leakFindings(
      subject,
      (leak) => leak.case.kind === "open" && leak.use !== "write",
      ({ table, policy, case: { text }, commands }, who) => {
        const reads = policyLeaks(subject).some(
          (leak) => leak.table === table && leak.commands.includes("SELECT"),
        );
        const blind = !reads && !commands.includes("SELECT");
        return {
          message: `Policy ${policy} on ${table.relation.schema}.${table.relation.name} lets every row through for ${who} (${text})${blind ? ": reading is held, but a blind UPDATE or DELETE, without WHERE, reaches every tenant" : ""}.`,
          mend: floorSql(subject, table),
        };
      },
    );
  },
};
