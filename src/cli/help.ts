import { commonOptions, type Command, type OptionSpec } from "./command.js";
import { exitCodeHelp, verdictCodeHelp } from "./exit-codes.js";

/** The help of everything, or of a group such as `tenant`. */
export function overview(commands: readonly Command[]): string {
  const rows = commands.map(({ name, summary }) => [name, summary] as const);
  return `Usage: tenantry <command> [options]

Commands:
${columns(rows)}

Options:
${columns([
  ["--help", "with a command: what it does and takes"],
  ["--version", "print the version"],
])}

${exitCodeHelp}
`;
}

export function helpOf(command: Command): string {
  const options = Object.entries({ ...command.options, ...commonOptions }).map(
    ([name, option]) => [flag(name, option), option.description] as const,
  );
  const details = command.details === undefined ? "" : `\n${command.details}\n`;
  return `Usage: tenantry ${[command.name, command.usage].filter(Boolean).join(" ")}

${command.summary}
${details}
Options:
${columns(options)}

${command.judges === true ? verdictCodeHelp : exitCodeHelp}
`;
}

function flag(name: string, { value }: OptionSpec): string {
  return value === undefined ? `--${name}` : `--${name} ${value}`;
}

function columns(rows: readonly (readonly [string, string])[]): string {
  const width = Math.max(...rows.map(([left]) => left.length));
  return rows.map(([left, right]) => `  ${left.padEnd(width)}  ${right}`).join("\n");
}
