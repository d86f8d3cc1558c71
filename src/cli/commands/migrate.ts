import { migrate, type MigrationReport } from "../../database/migrations/migrate.js";
import type { Command } from "../command.js";
import { migrationUrl, migrationUrlOption } from "../connection.js";
import { numberOption } from "../parse.js";
import { printResult, stepPrinter } from "../print.js";

export const migrateCommand: Command = {
  name: "migrate",
  summary: "Install Tenantry's schema in a database, or bring it up to date.",
  usage: "[--database-url <url>] [--dry-run]",
  details: `Run it at every deploy, before the new version starts; several at once wait for one another.
Where TENANTRY_SECRET is set, its keys are installed as well.
The login needs no superuser: CREATEROLE and CREATE on the database; or, where the roles
tenantry_owner, tenantry_app, tenantry_operator and tenantry_identity exist, membership in tenantry_owner.`,
  options: {
    ...migrationUrlOption,
    "dry-run": { type: "boolean", description: "only say what would be done" },
    "lock-timeout": {
      type: "string",
      value: "<seconds>",
      description: "how long to wait for another migration, default 60",
    },
  },
  async run(invocation) {
    const { env } = invocation.terminal;
    const dryRun = invocation.options["dry-run"] === true;
    const lockTimeout = numberOption(invocation, "lock-timeout", 0, 86_400);
    const secret = env["TENANTRY_SECRET"];
    const report = await migrate(migrationUrl(invocation), {
      dryRun,
      onStep: stepPrinter(invocation),
      ...(lockTimeout === undefined ? {} : { lockTimeout: lockTimeout * 1000 }),
      ...(secret ? { secret } : {}),
    });
    return printResult(invocation, { ...report, dryRun }, summary(report, dryRun));
  },
};

function summary({ migrations, from, to }: MigrationReport, dryRun: boolean): string {
  if (migrations.length === 0) return `The schema is up to date, at migration ${to}.`;
  const lines = migrations.map(({ number, name }) => `  ${number} ${name}`);
  const verb = dryRun ? "Would migrate" : "Migrated";
  return [`${verb} from ${from} to ${to}:`, ...lines].join("\n");
}
