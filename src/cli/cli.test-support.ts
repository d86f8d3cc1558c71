import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { onTestFinished } from "vitest";

export interface Outcome {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface CliOptions {
  readonly env?: Readonly<Record<string, string>>;
  readonly cwd?: string;
}

/** Runs the built command line in a process of its own, with nothing of our environment. */
export class Cli {
  constructor(private readonly packageRoot: string) {}

  start(args: readonly string[], { env = {}, cwd }: CliOptions = {}): ChildProcess {
    const main = join(this.packageRoot, "dist/cli/main.js");
    const child = spawn(process.execPath, [main, ...args], {
      stdio: ["ignore", "pipe", "pipe"],
      env: { PATH: process.env["PATH"], ...env },
      ...(cwd === undefined ? {} : { cwd }),
    });
    return child;
  }

  async run(args: readonly string[], options: CliOptions = {}): Promise<Outcome> {
    return outcomeOf(this.start(args, options));
  }
}

export async function outcomeOf(child: ChildProcess): Promise<Outcome> {
  const output = { stdout: "", stderr: "" };
  for (const name of ["stdout", "stderr"] as const) {
    child[name]?.on("data", (chunk: Buffer) => (output[name] += chunk.toString()));
  }
  onTestFinished(() => void child.kill("SIGKILL"));
  const [code] = (await once(child, "close")) as [number | null];
  return { code, ...output };
}
