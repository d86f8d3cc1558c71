import { notUnderstood, policyMatrix } from "../../audit/matrix.js";
import { runChecks, type Found } from "../../checks/check.js";
import { checks } from "../../checks/index.js";
import { acceptedBy } from "../../manifest/accepted.js";
import { keyOf, severityOf } from "../../report/finding.js";
import { sortFindings } from "../../report/judge.js";
import { judged, Unanswered, type Item } from "../item.js";

export const k7: Item = {
  id: "K7",
  name: "row-security",
  severity: "critical",
  question: "Do row security and its policies hold on every tenant table",
  title: "A tenant table whose policies do not isolate",
  meaning:
    "Where row security is off, not forced, evaded by the application's role, or lets other tenants' rows through, one forgotten WHERE shows a customer everybody's rows.",
  needs: ["database"],
  async answer({ database }) {
    const subject = await database.read();
    const matrix = policyMatrix(subject);
    if (matrix.rows.length === 0) {
      throw new Unanswered(
        "No table was found to be a tenant's: give --tenant-column, --root or --manifest.",
      );
    }
    // Roles and policies; B16 is about speed alone.
    const own = checks.filter(({ id }) => /^[AB]\d/.test(id) && id !== "B16");
    const accepted = acceptedBy(database.options.manifest);
    const today = new Date().toISOString().slice(0, 10);
    const { findings } = sortFindings(runChecks(own, subject), accepted, own, today);
    const found = findings.map((finding): Found => ({
      subject: finding.subject,
      detail: keyOf(finding).replace(`:${finding.subject}`, ""),
      message: finding.message,
      mend: finding.mend,
      severity: severityOf(finding),
    }));
    const cells = matrix.rows.flatMap((row) => row.cells);
    const well = cells.filter(({ verdict }) => verdict === "holds").length;
    const evidence = `${matrix.rows.length} tenant tables, each for ${matrix.columns.join(", ")}: ${well} of ${cells.length} hold, by the catalogs; ${own.length} checks of roles and policies found ${found.length}. tenantry prove tries it for real.`;
    const opened = matrix.rows
      .filter((row) => row.cells.some(({ verdict }) => verdict === "open"))
      .filter(({ name }) => !findings.some((finding) => finding.subject === name))
      .map(({ name, cells: each }): Found => ({
        subject: name,
        message: `${each.flatMap(({ verdict, note = "" }, at) => (verdict === "open" ? [`${matrix.columns[at]!}: ${note}`] : [])).join("; ")}.`,
        mend: "See `tenantry audit`.",
      }));
    const unclear = notUnderstood(matrix);
    if (found.length + opened.length === 0 && unclear.length > 0) {
      throw new Unanswered(unclear.join(" "));
    }
    return judged([...found, ...opened], evidence);
  },
};
