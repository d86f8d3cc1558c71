import { manifestFileName } from "../../isolation/manifest/manifest.js";
import type { Column } from "../../isolation/probe/ledger.js";
import type { ProbeOptions } from "../../isolation/probe/options.js";
import type { RouteSources } from "../../isolation/probe/routes/load.js";
import type { Command, Invocation, OptionSpec } from "../command.js";
import { numberOption, stringOption, stringOptions } from "../parse.js";
import { stepPrinter } from "../print.js";
import { failOnOption, printReport, reportOptions } from "../report-output.js";
import { nextSignal } from "../signals.js";
import { manifestOf } from "../subject-options.js";
import { usageError } from "../usage-error.js";

const text = (value: string, description: string): OptionSpec => ({
  type: "string",
  value,
  description,
});

export const probeCommand: Command = {
  name: "probe",
  summary: "Try, over HTTP, to reach each tenant's records as every other tenant.",
  usage: "--base-url <url> --as <file> --as <file> --openapi <file or url>",
  details: `Makes records as each identity, aims at them as the identities of other tenants, compares the answers with
those to ids that never existed, and deletes what it made. Routes come from --openapi, --routes or --har, or several
of them, or from --graphql. It attacks what it is aimed at, and refuses any machine but this one unless told whose the target is.`,
  options: {
    "base-url": text("<url>", "where the service is, as http://127.0.0.1:3000"),
    as: {
      ...text("<file>", "who to act as: JSON; at least twice, of two tenants"),
      multiple: true,
    },
    openapi: text("<file or url>", "an OpenAPI 3.0 or 3.1 document, JSON or YAML"),
    routes: text("<file>", "lines of METHOD /path/{id}"),
    har: text("<file>", "recorded traffic"),
    graphql: text("<path>", "a GraphQL endpoint, as /graphql; in a run of its own"),
    "graphql-schema": text("<file>", "its schema, SDL or JSON (default: introspection)"),
    only: {
      ...text("<pattern>", "these routes only: a part of the name, or * for anything"),
      multiple: true,
    },
    attacks: text("<name,…>", "these columns of the matrix only, as lists,by id"),
    skip: { ...text("<pattern>", "not these routes"), multiple: true },
    manifest: text("<file>", `what is accepted (default: ${manifestFileName} where there is one)`),
    "tenant-header": {
      ...text("<name>", "a header that might name the tenant, besides the usual"),
      multiple: true,
    },
    "timing-samples": text(
      "<number>",
      "requests for each kind of id, default 40; 0 leaves timing out",
    ),
    "max-requests": text("<number>", "default 20000"),
    "max-seconds": text("<number>", "default 900"),
    rate: text("<number>", "requests a second (default: no bound here, 20 on other machines)"),
    seed: text("<number>", "repeats the run that told it"),
    destructive: {
      type: "boolean",
      description: "change and delete what the probe did not make, too",
    },
    "allow-remote": {
      type: "boolean",
      description: "together with the next: attack another machine",
    },
    "i-own-this-target": {
      ...text("<host>", "the host's name, as in the base URL"),
      multiple: true,
    },
    ...reportOptions,
  },
  judges: true,
  async run(invocation) {
    const failOn = failOnOption(invocation);
    const { readIdentityFile } = await import("../../isolation/probe/identity/identity-file.js");
    const files = stringOptions(invocation, "as");
    const { env } = invocation.terminal;
    const identities = await Promise.all(files.map((file) => readIdentityFile(file, env)));
    const interrupt = new AbortController();
    void nextSignal().then(() => interrupt.abort());
    const { probe } = await import("../../isolation/probe/probe.js");
    const options = { ...probeOptions(invocation), identities, env, signal: interrupt.signal };
    return printReport(invocation, await probe(options), failOn);
  },
};

function probeOptions(invocation: Invocation): Omit<ProbeOptions, "identities"> {
  const baseUrl = stringOption(invocation, "base-url");
  if (baseUrl === undefined) {
    throw usageError("No base URL was given.", "Give --base-url, as http://127.0.0.1:3000.");
  }
  return {
    baseUrl,
    ...routeSources(invocation),
    ...numbers(invocation),
    only: stringOptions(invocation, "only"),
    skip: stringOptions(invocation, "skip"),
    ...attacks(invocation),
    tenantHeaders: stringOptions(invocation, "tenant-header"),
    destructive: invocation.options["destructive"] === true,
    ownedTargets: ownedTargets(invocation),
    suppressions: manifestOf(invocation)?.suppressions ?? [],
    onStep: stepPrinter(invocation),
  };
}

function routeSources(invocation: Invocation): RouteSources {
  const pairs = [
    ["openapi", stringOption(invocation, "openapi")],
    ["routes", stringOption(invocation, "routes")],
    ["har", stringOption(invocation, "har")],
    ["graphql", stringOption(invocation, "graphql")],
    ["graphqlSchema", stringOption(invocation, "graphql-schema")],
  ] as const;
  return Object.fromEntries(pairs.filter(([, value]) => value !== undefined));
}

function numbers(invocation: Invocation): Partial<ProbeOptions> {
  const read = (name: string, least: number, most: number) =>
    numberOption(invocation, name, least, most);
  const pairs = [
    ["timingSamples", read("timing-samples", 0, 10_000)],
    ["maxRequests", read("max-requests", 1, 10_000_000)],
    ["maxSeconds", read("max-seconds", 1, 86_400)],
    ["rate", read("rate", 1, 100_000)],
    ["seed", read("seed", 0, 4_294_967_295)],
  ] as const;
  return Object.fromEntries(pairs.filter(([, value]) => value !== undefined));
}

/** Checked where the probe begins. */
function attacks(invocation: Invocation): Pick<ProbeOptions, "attacks"> {
  const names = stringOption(invocation, "attacks")?.split(",");
  return names === undefined ? {} : { attacks: names.map((name) => name.trim()) as Column[] };
}

/** Both are needed, so that neither is typed by habit. */
export function ownedTargets(invocation: Invocation): readonly string[] {
  const hosts = stringOptions(invocation, "i-own-this-target");
  const allowed = invocation.options["allow-remote"] === true;
  if (allowed === hosts.length > 0) return hosts;
  throw usageError(
    "To attack another machine takes both --allow-remote and --i-own-this-target.",
    "Give both, the second with the host's name, where the target is yours to attack.",
  );
}
