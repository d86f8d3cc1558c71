import { readMigrations } from "../../isolation/lint-sql/source/files.js";
import { readManifest } from "../../isolation/manifest/manifest-file.js";
import { manifestFileName } from "../../isolation/manifest/manifest.js";
import type { Command } from "../command.js";
import { stringOption } from "../parse.js";
import { failOnOption, printReport, reportOptions } from "../report-output.js";
import { manifestPath } from "../subject-options.js";

export const lintSqlCommand: Command = {
  name: "lint-sql",
  summary: "Find in migration files what opens one tenant's rows to another.",
  usage: "<paths…> [--manifest <file>] [--fail-on <severity>]",
  details: `Reads .sql files, and folders recursively in the order of their names, carries the statements out
on a model, and judges what is there at the end: a later file that mends an earlier one counts.
Needs no database. A comment in the file ignores a rule for the next statement:
  -- tenantry-lint-ignore <rule>: <reason>`,
  options: {
    manifest: {
      type: "string",
      value: "<file>",
      description: `which tables are tenants', default ${manifestFileName} where it exists`,
    },
    "tenant-column": {
      type: "string",
      value: "<name>",
      description: "the column that holds the tenant, default the manifest's, or tenant_id",
    },
    setting: {
      type: "string",
      value: "<name>",
      description: "the setting that policies read the tenant from, as app.tenant_id",
    },
    ...reportOptions,
  },
  judges: true,
  positionals: "one or more",
  async run(invocation) {
    const failOn = failOnOption(invocation);
    const manifestFile = manifestPath(invocation);
    const manifest = manifestFile === undefined ? undefined : readManifest(manifestFile);
    const files = readMigrations(invocation.positionals, process.cwd());
    // PostgreSQL's parser comes with it: not to be loaded by every other command.
    const { lintMigrations } = await import("../../isolation/lint-sql/lint.js");
    const report = lintMigrations(files, {
      manifest,
      manifestFile,
      tenantColumn: stringOption(invocation, "tenant-column"),
      setting: stringOption(invocation, "setting"),
    });
    return printReport(invocation, report, failOn);
  },
};
