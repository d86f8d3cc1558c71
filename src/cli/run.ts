import { packageVersion } from "../core/package-version.js";
import type { Command, Terminal } from "./command.js";
import { commands } from "./commands.js";
import { exitCodeOf, exitCodes, verdictCodes } from "./exit-codes.js";
import { helpOf, overview } from "./help.js";
import { parseArguments } from "./parse.js";
import { printError } from "./print.js";
import { usageError } from "./usage-error.js";

/** Runs one command line. @returns the exit code */
export async function run(args: readonly string[], terminal: Terminal): Promise<number> {
  // Only a --json of our own: what stands after `--` is another program's.
  const own = args.includes("--") ? args.slice(0, args.indexOf("--")) : args;
  try {
    return await dispatch(args, terminal);
  } catch (error) {
    printError(terminal, error, own.includes("--json"));
    return findCommand(args)?.judges === true ? verdictCodes.couldNotRun : exitCodeOf(error);
  }
}

async function dispatch(args: readonly string[], terminal: Terminal): Promise<number> {
  const [first] = args;
  if (first === "--version") {
    terminal.out(`${packageVersion()}\n`);
    return exitCodes.ok;
  }
  if (first === undefined || first === "--help" || first === "help") {
    (first === undefined ? terminal.err : terminal.out)(overview(commands));
    return first === undefined ? exitCodes.usage : exitCodes.ok;
  }
  const command = findCommand(args);
  if (command === undefined) return unknownCommand(first, args, terminal);
  const parsed = parseArguments(command, args.slice(command.name.split(" ").length));
  if (parsed.options["help"] === true) {
    terminal.out(helpOf(command));
    return exitCodes.ok;
  }
  const json = parsed.options["json"] === true;
  return command.run({ ...parsed, json, terminal });
}

function findCommand(args: readonly string[]): Command | undefined {
  return commands.find(({ name }) => matches(name, args));
}

function matches(name: string, args: readonly string[]): boolean {
  return name.split(" ").every((word, index) => word === args[index]);
}

/** `tenant` alone, or with --help, is a group: its commands are listed. */
function unknownCommand(first: string, args: readonly string[], terminal: Terminal): number {
  const group = commands.filter(({ name }: Command) => name.startsWith(`${first} `));
  if (group.length === 0) {
    throw usageError(`There is no command ${JSON.stringify(first)}.`, "See tenantry --help.");
  }
  if (args[1] === "--help") {
    terminal.out(overview(group));
    return exitCodes.ok;
  }
  const names = group.map(({ name }) => name).join(", ");
  throw usageError(`\`tenantry ${first}\` needs to know what to do.`, `There are: ${names}.`);
}
