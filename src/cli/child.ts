import { spawn } from "node:child_process";
import { constants } from "node:os";
import { usageError } from "./usage-error.js";

/**
 * Runs another program in our place: with our terminal, our signals and its exit code.
 * @returns its exit code; 128 and the signal's number where a signal ended it, as shells do
 */
export async function runChild(
  [program, ...args]: readonly string[],
  env: Readonly<Record<string, string | undefined>>,
): Promise<number> {
  const child = spawn(program!, args, { stdio: "inherit", env });
  // A Ctrl-C in a terminal reaches the child by itself; sent twice it would mean something else.
  const ignore = () => undefined;
  const forward = (signal: NodeJS.Signals) => void child.kill(signal);
  const onInterrupt = process.stdin.isTTY ? ignore : forward;
  process.on("SIGINT", onInterrupt);
  process.on("SIGTERM", forward);
  process.on("SIGHUP", forward);
  try {
    return await new Promise<number>((resolve, reject) => {
      child.once("error", (error) => {
        reject(
          usageError(
            `${JSON.stringify(program)} could not be run: ${error.message}.`,
            "Give a program that is there, and its arguments, after --.",
          ),
        );
      });
      child.once("exit", (code, signal) => {
        resolve(code ?? 128 + (signal === null ? 0 : constants.signals[signal]));
      });
    });
  } finally {
    process.off("SIGINT", onInterrupt);
    process.off("SIGTERM", forward);
    process.off("SIGHUP", forward);
  }
}
