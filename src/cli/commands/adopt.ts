import { existsSync } from "node:fs";
import type { MigrationClient } from "../../database/migrations/client.js";
import type { Command, Invocation } from "../command.js";
import { migrationUrl, migrationUrlOption } from "../connection.js";
import { verdictCodes } from "../exit-codes.js";
import { numberOption, stringOption } from "../parse.js";
import { printResult, stepPrinter, table } from "../print.js";
import { failOnOption, printReport, reportOptions } from "../report-output.js";
import { nextSignal } from "../signals.js";
import { usageError } from "../usage-error.js";

export const adoptCommand: Command = {
  name: "adopt",
  summary: "Bring an existing database under Tenantry: a manifest, a plan, and its way back.",
  usage: "--root <table> [--manifest <file>] [--shadow | --plan <dir> | --apply | --rollback]",
  details: `Without more it says of every table whose it is and writes that into the manifest, for a person to edit;
it changes nothing in the database. --shadow looks for rows that would be lost or refused. --plan writes
the migration as SQL files. Only --apply and --rollback change the database.`,
  options: {
    ...migrationUrlOption,
    root: { type: "string", value: "<table>", description: "the table whose rows are the tenants" },
    "tenant-column": {
      type: "string",
      value: "<name>",
      description: "a column that holds the root's id wherever it occurs",
    },
    manifest: { type: "string", value: "<file>", description: "default: tenantry.manifest.json" },
    "leave-unclear": {
      type: "boolean",
      description: "plan without the tables that are still in question",
    },
    shadow: {
      type: "boolean",
      description: "report rows that would be lost, and references across tenants",
    },
    plan: {
      type: "string",
      value: "<dir>",
      description: "write the migration as SQL files into this directory",
    },
    apply: { type: "boolean", description: "run the migration, or go on with it" },
    until: {
      type: "string",
      value: "<stage>",
      description: "with --apply: the last stage that is run, as 70",
    },
    "lock-timeout": {
      type: "string",
      value: "<seconds>",
      description: "how long a statement waits for a lock, default 3",
    },
    rollback: { type: "boolean", description: "take back what --apply did" },
    ...reportOptions,
  },
  judges: true,
  async run(invocation) {
    const asked = ["shadow", "plan", "apply", "rollback"].filter(
      (name) => invocation.options[name] !== undefined,
    );
    if (asked.length > 1) {
      throw usageError(`--${asked.join(" and --")} do not go together.`, "Give one of them.");
    }
    const { withClient } = await import("../../database/migrations/client.js");
    return withClient(migrationUrl(invocation), (client) => dispatch(invocation, client, asked[0]));
  },
};

async function dispatch(
  invocation: Invocation,
  client: MigrationClient,
  asked: string | undefined,
): Promise<number> {
  switch (asked) {
    case "shadow":
      return shadow(invocation, client);
    case "plan":
      return plan(invocation, client);
    case "apply":
      return apply(invocation, client);
    case "rollback":
      return rollBack(invocation, client);
    default:
      return draft(invocation, client);
  }
}

const adoption = () => import("../../isolation/adopt/index.js");

async function manifestFile(invocation: Invocation): Promise<string> {
  const { manifestFileName } = await adoption();
  return stringOption(invocation, "manifest") ?? manifestFileName;
}

async function draft(invocation: Invocation, client: MigrationClient): Promise<number> {
  const { readCatalog, draftManifest, readManifest, writeManifest, proposeRoots, saidOfWritten } =
    await adoption();
  const file = await manifestFile(invocation);
  const existing = existsSync(file) ? readManifest(file) : undefined;
  const catalog = await readCatalog(client);
  const root = stringOption(invocation, "root") ?? existing?.root;
  if (root === undefined) {
    const names = proposeRoots(catalog).map(
      ({ relation, reach }) => `${relation.schema}.${relation.name} (${reach} tables hang on it)`,
    );
    throw usageError(
      "Which table's rows are the tenants?",
      `Pass --root. Likely: ${names.join(", ") || "none was found"}.`,
    );
  }
  const { manifest, inference } = draftManifest(
    catalog,
    root,
    existing,
    stringOption(invocation, "tenant-column"),
  );
  writeManifest(file, manifest);
  const rows = [...inference.tables.values()].map((each) => [
    `${each.relation.schema}.${each.relation.name}`,
    each.class,
    each.class === "unclear"
      ? (each.question ?? "")
      : (each.through[0] ?? each.evidence[0] ?? each.way),
  ]);
  const written = saidOfWritten(manifest);
  const open = Object.values(manifest.tables).filter((each) => each.class === "unclear").length;
  const next =
    open > 0
      ? `${open} tables are in question: answer them in ${file}, then run \`tenantry adopt\` again.`
      : "Next: `tenantry adopt --shadow`, then `tenantry adopt --plan <dir>`.";
  return printResult(
    invocation,
    manifest,
    [
      table(["table", "class", "why"], rows),
      ...(written === undefined ? [] : [`Assumed: ${written}`]),
      `Wrote ${file}. ${next}`,
    ].join("\n\n"),
  );
}

/** The manifest, read against the catalog. */
async function bring(invocation: Invocation, client: MigrationClient) {
  const { readCatalog, readManifest, bringTogether } = await adoption();
  const manifest = readManifest(await manifestFile(invocation));
  return bringTogether(
    await readCatalog(client),
    manifest,
    invocation.options["leave-unclear"] === true,
  );
}

async function shadow(invocation: Invocation, client: MigrationClient): Promise<number> {
  const failOn = failOnOption(invocation);
  const { shadow: look } = await adoption();
  return printReport(invocation, await look(client, await bring(invocation, client)), failOn);
}

async function plan(invocation: Invocation, client: MigrationClient): Promise<number> {
  const { makePlan, writePlan } = await adoption();
  const directory = stringOption(invocation, "plan")!;
  const made = makePlan(await bring(invocation, client));
  const files = writePlan(directory, made);
  return printResult(
    invocation,
    { directory, files, notes: made.notes },
    [
      `Wrote ${files.length} files into ${directory}. Read its README.md first.`,
      ...made.notes,
    ].join("\n"),
  );
}

async function apply(invocation: Invocation, client: MigrationClient): Promise<number> {
  const { applyPlan, makePlan } = await adoption();
  const until = numberOption(invocation, "until", 0, 99);
  const { ran, waiting } = await applyPlan(
    client,
    async () => makePlan(await bring(invocation, client)),
    {
      ...(await patience(invocation, client)),
      ...(until === undefined ? {} : { until }),
    },
  );
  const rest = restOf(ran, waiting);
  return printResult(invocation, { ran, waiting }, `${ran} steps were run. ${rest}`);
}

function restOf(ran: number, waiting: number): string {
  if (waiting > 0) return `${waiting} steps wait: run it again without --until.`;
  if (ran > 0) return "All is done.";
  return "The plan that was begun here was done before. Tables that came since are no part of it: call tenantry.protect(), share() or restrict() on them.";
}

async function rollBack(invocation: Invocation, client: MigrationClient): Promise<number> {
  const { rollBackPlan } = await adoption();
  const steps = await rollBackPlan(client, await patience(invocation, client));
  printResult(invocation, { steps }, `${steps} steps were taken back.`);
  return verdictCodes.clean;
}

async function patience(invocation: Invocation, client: MigrationClient) {
  const lockTimeout = numberOption(invocation, "lock-timeout", 1, 3600);
  return {
    onProgress: stepPrinter(invocation),
    signal: await interruption(invocation, client),
    ...(lockTimeout === undefined ? {} : { lockTimeout: lockTimeout * 1000 }),
  };
}

/** The first Ctrl-C takes back the statement under way and ends there; the second ends the process. */
async function interruption(invocation: Invocation, client: MigrationClient): Promise<AbortSignal> {
  const { canceller } = await adoption();
  const cancel = await canceller(migrationUrl(invocation), client);
  const controller = new AbortController();
  void nextSignal().then(() => {
    controller.abort();
    // Where no second connection can be had, the statement ends by itself first.
    return cancel().catch(() => undefined);
  });
  return controller.signal;
}
