import { execFile } from "node:child_process";
import { readFile, readlink } from "node:fs/promises";
import { promisify } from "node:util";

/**
 * What tells a process from a later one with the same pid: when it started. Null for one that does
 * not run, or is dead and only not yet collected.
 */
export async function processStart(pid: number): Promise<string | null> {
  if (process.platform !== "linux") return ps(pid, "lstart=");
  const text = await readFile(`/proc/${pid}/stat`, "utf8").catch(() => undefined);
  // The second field is the program's name in brackets and may itself hold brackets and blanks.
  const fields = text?.slice(text.lastIndexOf(")") + 2).split(" ");
  const [state, start] = [fields?.[0], fields?.[19]];
  return state === undefined || state === "Z" || state === "X" ? null : (start ?? null);
}

/** Whether the process is the main process of a PostgreSQL on exactly this data directory. */
export async function isServerOf(pid: number, dataDirectory: string): Promise<boolean> {
  if ((await processStart(pid)) === null) return false;
  if (process.platform !== "linux") {
    const command = await ps(pid, "command=");
    return command?.includes("postgres") === true && command.includes(`-D ${dataDirectory} `);
  }
  const name = await readFile(`/proc/${pid}/comm`, "utf8").catch(() => "");
  const directory = await readlink(`/proc/${pid}/cwd`).catch(() => "");
  return name.trim() === "postgres" && directory === dataDirectory;
}

async function ps(pid: number, format: string): Promise<string | null> {
  try {
    const { stdout } = await promisify(execFile)("ps", ["-o", format, "-p", String(pid)]);
    return stdout.trim() || null;
  } catch {
    return null;
  }
}
