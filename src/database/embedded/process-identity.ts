import { execFile } from "node:child_process";
import { readFile, readlink, stat } from "node:fs/promises";
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
  return name.trim() === "postgres" && (await workingDirectory(pid)) === dataDirectory;
}

/**
 * Root without CAP_SYS_PTRACE, as it is in most containers, may not ask this about another user's
 * process; that user may.
 */
async function workingDirectory(pid: number): Promise<string | null> {
  const link = `/proc/${pid}/cwd`;
  try {
    return await readlink(link);
  } catch {
    const account = await stat(`/proc/${pid}`).catch(() => null);
    if (account === null || process.getuid?.() !== 0) return null;
    return output("readlink", [link], { uid: account.uid, gid: account.gid });
  }
}

function ps(pid: number, format: string): Promise<string | null> {
  return output("ps", ["-o", format, "-p", String(pid)]);
}

async function output(
  program: string,
  args: readonly string[],
  account: { readonly uid?: number; readonly gid?: number } = {},
): Promise<string | null> {
  try {
    const { stdout } = await promisify(execFile)(program, args, { ...account, cwd: "/" });
    return stdout.trim() || null;
  } catch {
    return null;
  }
}
