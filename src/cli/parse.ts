import { parseArgs } from "node:util";
import { commonOptions, type Command, type Invocation } from "./command.js";
import { usageError } from "./usage-error.js";

type Parsed = Pick<Invocation, "options" | "positionals" | "rest">;

/**
 * Reads the arguments of one command.
 * @throws {TenantryError} `USAGE`
 */
export function parseArguments(command: Command, args: readonly string[]): Parsed {
  const dashes = command.takesRest === true ? args.indexOf("--") : -1;
  const own = dashes === -1 ? args : args.slice(0, dashes);
  const rest = dashes === -1 ? [] : args.slice(dashes + 1);
  const { values, positionals } = parseStrictly(command, own);
  const wanted = command.positionals ?? 0;
  const fits = wanted === "one or more" ? positionals.length > 0 : positionals.length === wanted;
  if (values["help"] !== true && !fits) {
    throw usageError(
      `\`tenantry ${command.name}\` takes ${wanted === 0 ? "no argument" : `${wanted} argument`} and got ${positionals.length}.`,
      seeHelp(command),
    );
  }
  return { options: values, positionals, rest };
}

function parseStrictly(command: Command, args: readonly string[]) {
  const specs = Object.entries({ ...commonOptions, ...command.options });
  try {
    return parseArgs({
      args: [...args],
      options: Object.fromEntries(
        specs.map(([name, { type, multiple = false }]) => [name, { type, multiple }]),
      ),
      allowPositionals: true,
      strict: true,
    });
  } catch (error) {
    const [message] = (error as Error).message.split(/\. |\n/);
    throw usageError(`${message}.`, seeHelp(command));
  }
}

function seeHelp({ name }: Command): string {
  return `See tenantry ${name} --help.`;
}

/** A string option, or undefined where it is not given. */
export function stringOption(invocation: Invocation, name: string): string | undefined {
  const value = invocation.options[name];
  return typeof value === "string" ? value : undefined;
}

/** All values of an option that may be given several times; none where it is not given. */
export function stringOptions(invocation: Invocation, name: string): readonly string[] {
  const value = invocation.options[name];
  const all = Array.isArray(value) ? (value as readonly (string | boolean)[]) : [value];
  return all.filter((each) => typeof each === "string");
}

/**
 * An option that is a whole number.
 * @throws {TenantryError} `USAGE`
 */
export function numberOption(
  invocation: Invocation,
  name: string,
  least: number,
  most: number,
): number | undefined {
  const text = stringOption(invocation, name);
  if (text === undefined) return undefined;
  const value = /^\d{1,10}$/.test(text) ? Number(text) : NaN;
  if (value >= least && value <= most) return value;
  throw usageError(
    `--${name} is ${JSON.stringify(text)}.`,
    `Give a whole number from ${least} to ${most}.`,
  );
}
