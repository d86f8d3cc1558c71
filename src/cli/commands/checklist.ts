import { existsSync } from "node:fs";
import type { ChecklistOptions } from "../../isolation/checklist/options.js";
import type { Command, Invocation, OptionSpec } from "../command.js";
import { verdictCodes } from "../exit-codes.js";
import { numberOption, stringOption, stringOptions } from "../parse.js";
import { stepPrinter } from "../print.js";
import { failOnOption, printReport, reportOptions } from "../report-output.js";
import { nextSignal } from "../signals.js";
import { subjectInput, subjectOptions } from "../subject-options.js";
import { ownedTargets, probeCommand } from "./probe.js";
import { codeOfUnproven, proveCommand } from "./prove.js";

const text = (value: string, description: string): OptionSpec => ({
  type: "string",
  value,
  description,
});

const migrationVariable = "TENANTRY_MIGRATION_DATABASE_URL";
const operatorVariable = "TENANTRY_OPERATOR_DATABASE_URL";

export const checklistCommand: Command = {
  name: "checklist",
  summary: "Answer the questions of a multi-tenancy review, each by what was really asked.",
  usage: "--base-url <url> --host <host> --host <host> [--database-url <url>] [--redis-url <url>]",
  details: `Twelve questions, K1 to K12, to the running service, its database, its Redis and its source. Each is answered
ok, OPEN or not proven, with what was asked and what was seen; what was not given is not proven, and ends with 1
unless --allow-unproven is given. Everything is only read, but for --write; the service is sent odd and failing
requests, so that it takes more to aim it at another machine.`,
  options: {
    "base-url": text("<url>", "where the service is, as http://127.0.0.1:3000"),
    host: {
      ...text("<host>", "a tenant's host, as acme.localhost; twice, of two tenants, says more"),
      multiple: true,
    },
    as: {
      ...text("<file>", "who to ask as, where the route wants to know: JSON, as for probe"),
      multiple: true,
    },
    route: text("<path>", "a page that shows what is the tenant's own (default: /)"),
    repository: text(
      "<folder>",
      "the service's source (default: here, where there is a package.json)",
    ),
    "redis-url": text("<url>", "of its cache and its BullMQ jobs; only read (default: REDIS_URL)"),
    ...subjectOptions,
    "operator-url": text(
      "<url>",
      `for --write (default: ${operatorVariable}, or the database URL)`,
    ),
    "jobs-url": text("<url>", "the database of pg-boss, where it is another"),
    "audit-table": text("<table>", "where events are recorded (default: told by names)"),
    only: text("<id,…>", "these items only, as K4,K9"),
    "hear-within": text("<milliseconds>", "K4: in which a change must be heard (default: 5000)"),
    write: {
      type: "boolean",
      description: "K4: create a tenant in the registry, suspend it, and archive it",
    },
    "allow-remote": probeCommand.options["allow-remote"]!,
    "i-own-this-target": probeCommand.options["i-own-this-target"]!,
    "allow-unproven": proveCommand.options["allow-unproven"]!,
    ...reportOptions,
  },
  judges: true,
  async run(invocation) {
    const failOn = failOnOption(invocation);
    const options = await optionsOf(invocation);
    const interrupt = new AbortController();
    void nextSignal().then(() => interrupt.abort());
    // PostgreSQL's parser comes with it: not to be loaded by every other command.
    const { checklist } = await import("../../isolation/checklist/checklist.js");
    const report = await checklist({ ...options, signal: interrupt.signal });
    const code = await printReport(invocation, report, failOn);
    return code === verdictCodes.clean ? codeOfUnproven(invocation, report) : code;
  },
};

async function optionsOf(invocation: Invocation): Promise<ChecklistOptions> {
  const { env } = invocation.terminal;
  const { readIdentityFile } = await import("../../isolation/probe/identity/identity-file.js");
  const files = stringOptions(invocation, "as");
  return {
    ...subjectInput(invocation),
    ...defined({
      database: stringOption(invocation, "database-url") ?? env[migrationVariable],
      operatorDatabase: stringOption(invocation, "operator-url") ?? env[operatorVariable],
      jobsDatabase: stringOption(invocation, "jobs-url"),
      baseUrl: stringOption(invocation, "base-url"),
      route: stringOption(invocation, "route"),
      repository: stringOption(invocation, "repository") ?? here(),
      redis: stringOption(invocation, "redis-url") ?? env["REDIS_URL"],
      auditTable: stringOption(invocation, "audit-table"),
    }),
    ...only(invocation),
    ...hearWithin(invocation),
    hosts: stringOptions(invocation, "host"),
    identities: await Promise.all(files.map((file) => readIdentityFile(file, env))),
    ownedTargets: ownedTargets(invocation),
    write: invocation.options["write"] === true,
    env,
    onStep: stepPrinter(invocation),
  };
}

function only(invocation: Invocation): Pick<ChecklistOptions, "only"> {
  const ids = stringOption(invocation, "only")?.split(",");
  return ids === undefined ? {} : { only: ids.map((id) => id.trim().toUpperCase()) };
}

function hearWithin(invocation: Invocation): Pick<ChecklistOptions, "hearWithin"> {
  const milliseconds = numberOption(invocation, "hear-within", 1, 600_000);
  return milliseconds === undefined ? {} : { hearWithin: milliseconds };
}

function here(): string | undefined {
  return existsSync("package.json") ? "." : undefined;
}

type Texts = Readonly<Record<string, string | undefined>>;

function defined<T extends Texts>(texts: T): { [Key in keyof T]?: string } {
  const entries = Object.entries(texts).filter(([, value]) => value !== undefined && value !== "");
  return Object.fromEntries(entries) as { [Key in keyof T]?: string };
}
