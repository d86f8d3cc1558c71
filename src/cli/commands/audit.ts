import type { Command } from "../command.js";
import { migrationUrl } from "../connection.js";
import { failOnOption, printReport, reportOptions } from "../report-output.js";
import { subjectInput, subjectOptions } from "../subject-options.js";

export const auditCommand: Command = {
  name: "audit",
  summary: "Read the catalogs of a database and list every way around its tenants' isolation.",
  usage: "[--database-url <url>] [--app-role <role>] [--root <table>]",
  details:
    "Reads only, in one read-only transaction, and needs no Tenantry in the database. What it is not told\nit concludes, and says so.",
  options: { ...subjectOptions, ...reportOptions },
  judges: true,
  async run(invocation) {
    const failOn = failOnOption(invocation);
    const input = subjectInput(invocation);
    // PostgreSQL's parser comes with it: not to be loaded by every other command.
    const { audit } = await import("../../isolation/audit/audit.js");
    return printReport(invocation, await audit(migrationUrl(invocation), input), failOn);
  },
};
