import { readFile } from "node:fs/promises";

/** Milliseconds between two looks. */
const interval = 500;
/** npm, its shell, npm of the workspace and its shell; and a few more for a script around them. */
const mostAncestors = 12;

interface Ancestor {
  readonly pid: number;
  readonly parent: number;
  /** Tells a process from a later one with the same id. */
  readonly startedAt: string;
  readonly command: string;
}

/**
 * Resolves when npm, which started this process, is gone. npm passes no signal on where it is
 * killed, and its shell passes none on at all: the port would stay taken by a process that nobody
 * sees. Never resolves where this process was not started by npm, or where there is no /proc.
 */
export async function abandoned(): Promise<void> {
  const watched = await npmAbove(process.ppid);
  if (watched.length === 0) return new Promise(() => undefined);
  return new Promise((resolve) => {
    const timer = setInterval(() => {
      void Promise.all(watched.map(isAlive)).then((alive) => {
        if (alive.every(Boolean)) return;
        clearInterval(timer);
        resolve();
      });
    }, interval);
    timer.unref();
  });
}

/** The processes between this one and the uppermost npm, which is the last of them. */
async function npmAbove(parent: number): Promise<readonly Ancestor[]> {
  const ancestors: Ancestor[] = [];
  for (let pid = parent; pid > 1 && ancestors.length < mostAncestors;) {
    const ancestor = await look(pid);
    if (ancestor === null) break;
    ancestors.push(ancestor);
    pid = ancestor.parent;
  }
  const uppermost = ancestors.findLastIndex(({ command }) => command.startsWith("npm "));
  return ancestors.slice(0, uppermost + 1);
}

async function isAlive({ pid, startedAt }: Ancestor): Promise<boolean> {
  return (await look(pid))?.startedAt === startedAt;
}

/** See proc_pid_stat(5); the name in parentheses may itself contain any. */
async function look(pid: number): Promise<Ancestor | null> {
  try {
    const stat = await readFile(`/proc/${pid}/stat`, "utf8");
    const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
    const [state, parent] = fields;
    if (state === "Z" || state === "X") return null;
    const commandLine = await readFile(`/proc/${pid}/cmdline`, "utf8");
    // npm rewrites its command line into a single text.
    const command = commandLine.replaceAll("\0", " ");
    return { pid, parent: Number(parent), startedAt: fields[19] ?? "", command };
  } catch {
    return null;
  }
}
