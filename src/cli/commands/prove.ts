import type { Report } from "../../isolation/report/report.js";
import type { Command, Invocation } from "../command.js";
import { migrationUrl } from "../connection.js";
import { verdictCodes } from "../exit-codes.js";
import { numberOption, stringOption } from "../parse.js";
import { stepPrinter } from "../print.js";
import { failOnOption, printReport, reportOptions } from "../report-output.js";
import { nextSignal } from "../signals.js";
import { subjectInput, subjectOptions } from "../subject-options.js";

const lockWarning =
  "--mutate changes tables, policies and roles inside the transaction, which locks them against everybody until it is rolled back: for a scratch copy, not for a database in use.";

export const proveCommand: Command = {
  name: "prove",
  summary: "Try to get from one tenant to another in a database, in every way there is.",
  usage: "[--database-url <url>] [--app-role <role>] [--only <tables>]",
  details: `Makes two tenants with rows in every table, acts as one of them through the application's role,
and aims at the other's rows. All in one transaction that is rolled back: nothing is left behind but
numbers that were drawn from sequences. It holds locks on rows while it runs; a copy of the database
is the better place. The login is a superuser's, or may write all tables and become the role.
What could not be tried is no pass: it ends with 1 unless --allow-unproven is given.`,
  options: {
    ...subjectOptions,
    only: {
      type: "string",
      value: "<pattern>",
      description: "only these tables, as public.inv* (default: all)",
    },
    "call-functions": {
      type: "boolean",
      description: "call functions whose effects may outlive a rollback, too",
    },
    mutate: {
      type: "boolean",
      description: "break one guard at a time and see that it is noticed; locks the tables",
    },
    "mutate-seconds": {
      type: "string",
      value: "<number>",
      description: "begin no further guard after this time (default: 120)",
    },
    timing: {
      type: "boolean",
      description: "time look-ups of the other tenant's ids, too; needs a quiet machine",
    },
    "blind-rows": {
      type: "string",
      value: "<number>",
      description: "no statement without WHERE on larger tables (default: 1000000)",
    },
    "allow-unproven": {
      type: "boolean",
      description: "do not end with 1 because of what could not be tried",
    },
    ...reportOptions,
  },
  judges: true,
  async run(invocation) {
    const failOn = failOnOption(invocation);
    const only = stringOption(invocation, "only");
    const blindRows = numberOption(invocation, "blind-rows", 0, 2_000_000_000);
    const seconds = numberOption(invocation, "mutate-seconds", 1, 86_400);
    const mutates = invocation.options["mutate"] === true;
    if (mutates) invocation.terminal.err(`${lockWarning}\n`);
    const input = subjectInput(invocation);
    const interruption = new AbortController();
    void nextSignal().then(() => interruption.abort());
    // PostgreSQL's parser comes with it: not to be loaded by every other command.
    const { prove } = await import("../../isolation/prover/prove.js");
    const report = await prove(migrationUrl(invocation), {
      ...input,
      ...(only === undefined ? {} : { only }),
      ...(blindRows === undefined ? {} : { blindRows }),
      ...(mutates ? { mutate: seconds === undefined ? {} : { seconds } } : {}),
      timing: invocation.options["timing"] === true,
      callFunctions: invocation.options["call-functions"] === true,
      onStep: stepPrinter(invocation),
      signal: interruption.signal,
    });
    const code = await printReport(invocation, report, failOn);
    return code === verdictCodes.clean ? codeOfUnproven(invocation, report) : code;
  },
};

/** What could not be tried is no pass, unless somebody says that it may be one. */
export function codeOfUnproven({ options, terminal }: Invocation, { unproven }: Report): number {
  if (unproven.length === 0 || options["allow-unproven"] === true) return verdictCodes.clean;
  const what = unproven.length === 1 ? "One thing" : `${unproven.length} things`;
  terminal.err(`${what} could not be tried, which is no pass: mend it, or say --allow-unproven.\n`);
  return verdictCodes.findings;
}
