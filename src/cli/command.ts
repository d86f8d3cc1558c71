/** An option of a command, as the help prints it and parseArgs() reads it. */
export interface OptionSpec {
  readonly type: "string" | "boolean";
  /** Stands for the value in the help, as `<url>`. */
  readonly value?: string;
  readonly description: string;
  /** May be given several times. */
  readonly multiple?: boolean;
}

/** What a command may use of the outside world. */
export interface Terminal {
  readonly env: Readonly<Record<string, string | undefined>>;
  /** For results: what a script would read. */
  readonly out: (text: string) => void;
  /** For progress and errors. */
  readonly err: (text: string) => void;
}

export type OptionValue = string | boolean | readonly (string | boolean)[];

export interface Invocation {
  readonly options: Readonly<Record<string, OptionValue | undefined>>;
  readonly positionals: readonly string[];
  /** What stands after `--`. */
  readonly rest: readonly string[];
  readonly terminal: Terminal;
  readonly json: boolean;
}

export interface Command {
  /** One word or two, as `tenant create`. */
  readonly name: string;
  readonly summary: string;
  /** What follows the name, as `<slug> --name <name>`. */
  readonly usage: string;
  /** More to say in its help. */
  readonly details?: string;
  readonly options: Readonly<Record<string, OptionSpec>>;
  /** How many positional arguments it takes. Default 0. */
  readonly positionals?: number | "one or more";
  /**
   * What ends a command that judges, as audit: 0 clean, 1 findings, 2 could not run. Its errors, of
   * whatever kind, end with 2, so that they are never taken for a verdict.
   */
  readonly judges?: boolean;
  /** Takes a command after `--`. */
  readonly takesRest?: boolean;
  /** @returns the exit code */
  run(invocation: Invocation): Promise<number>;
}

export const commonOptions: Readonly<Record<string, OptionSpec>> = {
  help: { type: "boolean", description: "print this and do nothing" },
  json: { type: "boolean", description: "print the result, or the error, as one line of JSON" },
};
