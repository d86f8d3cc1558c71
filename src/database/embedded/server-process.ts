import { spawn, type ChildProcess } from "node:child_process";
import { open, readFile, rename, rm, stat } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { dataArgument, spawnAs, type Account } from "./account.js";
import { isServerOf } from "./process-identity.js";
import { unavailable } from "./unavailable.js";

const longestLog = 10 << 20;
/** Milliseconds. A crash recovery may take its time. */
const longestStart = 120_000;

export interface ServerCommand {
  readonly postgres: string;
  readonly account: Account | undefined;
  readonly directory: string;
  readonly dataDirectory: string;
  readonly port: number;
  readonly settings: Readonly<Record<string, string>>;
}

export interface ServerProcess {
  readonly child: ChildProcess;
  readonly exited: Promise<void>;
}

/** Why a server did not come up. */
export class StartFailure extends Error {
  override readonly name = "StartFailure";
}

/**
 * Starts the server and waits until it takes connections.
 * @throws {StartFailure} with the end of the server's log
 */
export async function startServer(command: ServerCommand): Promise<ServerProcess> {
  const log = await openLog(join(command.directory, "server.log"));
  try {
    const child = spawn(command.postgres, serverArguments(command), {
      ...spawnAs(command.account, command.dataDirectory),
      stdio: ["ignore", log.file.fd, log.file.fd],
      // A session of its own: a Ctrl-C in the terminal is for us, and we stop the server in order.
      detached: true,
    });
    const exited = new Promise<void>((resolve) => {
      child.once("exit", () => resolve());
      child.once("error", () => resolve());
    });
    if (!(await becomesReady(child, exited, command.dataDirectory))) {
      await endProcess(child.pid, exited);
      throw new StartFailure(await log.readNew());
    }
    return { child, exited };
  } finally {
    await log.file.close();
  }
}

function serverArguments(command: ServerCommand): string[] {
  const settings = {
    listen_addresses: "127.0.0.1",
    unix_socket_directories: "",
    // Bound parameters carry seals and people's data.
    log_parameter_max_length: "0",
    log_parameter_max_length_on_error: "0",
    ...command.settings,
  };
  return [
    "-D",
    dataArgument(command.account, command.dataDirectory),
    "-p",
    String(command.port),
    ...Object.entries(settings).flatMap(([name, value]) => ["-c", `${name}=${value}`]),
  ];
}

async function becomesReady(
  child: ChildProcess,
  exited: Promise<void>,
  dataDirectory: string,
): Promise<boolean> {
  let gone = false;
  void exited.then(() => (gone = true));
  const deadline = Date.now() + longestStart;
  while (!gone && Date.now() < deadline) {
    const { pid, status } = await readPidFile(dataDirectory);
    if (pid === child.pid && status === "ready") return true;
    await sleep(20);
  }
  return false;
}

/** `postmaster.pid`: the pid on line 1, the status on line 8. */
export async function readPidFile(
  dataDirectory: string,
): Promise<{ readonly pid: number | null; readonly status: string }> {
  const text = await readFile(join(dataDirectory, "postmaster.pid"), "utf8").catch(() => "");
  const lines = text.split("\n");
  const pid = Number(lines[0]);
  return { pid: Number.isSafeInteger(pid) && pid > 1 ? pid : null, status: lines[7]?.trim() ?? "" };
}

/**
 * Ends a server that lost its owner (killed before it could stop it), and clears away a pid file
 * whose server is gone: PostgreSQL itself would take any process that now has that pid for it.
 */
export async function endOrphan(
  dataDirectory: string,
  onStep: (step: string) => void,
): Promise<void> {
  const { pid } = await readPidFile(dataDirectory);
  if (pid !== null && (await isServerOf(pid, dataDirectory))) {
    onStep(`stopping the server with pid ${pid} that an earlier run left`);
    await endProcess(pid, waitUntilGone(pid, dataDirectory));
  }
  await rm(join(dataDirectory, "postmaster.pid"), { force: true });
}

async function waitUntilGone(pid: number, dataDirectory: string): Promise<void> {
  const deadline = Date.now() + 20_000;
  while (Date.now() < deadline && (await isServerOf(pid, dataDirectory))) await sleep(20);
}

/** Milliseconds given to a fast shutdown, then to an immediate one, then to a kill. */
const patience: readonly (readonly [NodeJS.Signals, number])[] = [
  ["SIGINT", 10_000],
  ["SIGQUIT", 5_000],
  ["SIGKILL", 5_000],
];

/** @param gone resolves when the process has ended */
export async function endProcess(pid: number | undefined, gone: Promise<void>): Promise<void> {
  if (pid === undefined) return;
  for (const [signal, milliseconds] of patience) {
    try {
      process.kill(pid, signal);
    } catch {
      return;
    }
    const cancel = new AbortController();
    const ended = await Promise.race([
      gone.then(() => true),
      sleep(milliseconds, false, { signal: cancel.signal }).catch(() => false),
    ]);
    cancel.abort();
    if (ended) return;
  }
  throw unavailable(`its process ${pid} does not end`, "End that process by hand.");
}

async function openLog(path: string) {
  const size = await stat(path).then(
    (found) => found.size,
    () => 0,
  );
  if (size > longestLog) await rename(path, `${path}.old`);
  const start = size > longestLog ? 0 : size;
  const file = await open(path, "a", 0o600);
  const readNew = async () => {
    const text = (await readFile(path)).subarray(start).toString();
    const fatal = text.split("\n").filter((line) => /FATAL|PANIC|HINT|error|could not/.test(line));
    return fatal.slice(-5).join(" ").slice(-1000) || text.slice(-500) || "it said nothing";
  };
  return { file, readNew };
}
