import { execFile, spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { access, mkdtemp, rm } from "node:fs/promises";
import { request } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, expect, it } from "vitest";
import { demoAccounts } from "../src/seed/accounts.js";
import { buildTracker, type BuiltTracker } from "./built-tracker.js";

const run = promisify(execFile);

let built: BuiltTracker;
let dist: string;
let directory: string;
const children: ChildProcess[] = [];

beforeAll(async () => {
  built = await buildTracker();
  dist = built.dist;
  directory = await mkdtemp(join(tmpdir(), "tracker-process-"));
}, 120_000);

afterAll(async () => {
  for (const child of children) {
    if (child.exitCode === null && child.signalCode === null) {
      child.kill("SIGTERM");
      await once(child, "exit");
    }
  }
  await built.remove();
  await rm(directory, { recursive: true, force: true });
});

interface Started {
  readonly child: ChildProcess;
  readonly port: number;
  readonly lines: readonly string[];
}

/** Starts the built service with the embedded server, and waits for its last line. */
async function start(
  launch: { readonly argv0: string; readonly args: readonly string[] } | null = null,
): Promise<Started> {
  const env = {
    PATH: process.env["PATH"],
    PORT: "0",
    TRACKER_DIRECTORY: directory,
    TRACKER_INJECTABLE_SEARCH: "1",
  };
  const main = join(dist, "main.js");
  const stdio: ("ignore" | "pipe")[] = ["ignore", "pipe", "pipe"];
  const child =
    launch === null
      ? spawn(process.execPath, [main], { env, stdio })
      : spawn("/bin/sh", [...launch.args, process.execPath, main], {
          env,
          stdio,
          argv0: launch.argv0,
        });
  children.push(child);
  let output = "";
  let errors = "";
  child.stderr!.on("data", (chunk: Buffer) => (errors += chunk.toString()));
  await new Promise<void>((done, fail) => {
    child.once("exit", (code) => fail(new Error(`ended with ${code}: ${errors}`)));
    child.stdout!.on("data", (chunk: Buffer) => {
      output += chunk.toString();
      if (/^ready\n/m.test(output)) done();
    });
  });
  const lines = output.trimEnd().split("\n");
  const port = Number(/^http:\/\/acme\.localhost:(\d+)\/$/m.exec(output)?.[1]);
  return { child, port, lines };
}

function ask(
  { port }: Started,
  slug: string,
  path: string,
  { method = "GET", body, token }: { method?: string; body?: string; token?: string } = {},
): Promise<{ readonly status: number; readonly body: string }> {
  return new Promise((done, fail) => {
    const headers = {
      host: `${slug}.localhost:${port}`,
      "content-type": "application/json",
      ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
    };
    const target = { host: "127.0.0.1", port, path, method, headers, agent: false };
    const outgoing = request(target, (response) => {
      let text = "";
      response.on("data", (chunk: Buffer) => (text += chunk.toString()));
      response.on("end", () => done({ status: response.statusCode ?? 0, body: text }));
    });
    outgoing.on("error", fail);
    outgoing.end(body);
  });
}

/** What `npm run token` prints. */
async function printedToken({ port }: Started, ...given: readonly string[]): Promise<string> {
  const env = { ...process.env, PORT: String(port) };
  const { stdout } = await run(process.execPath, [join(dist, "token.js"), ...given], { env });
  return stdout.trim();
}

it("starts with nothing installed, survives kill -9 with its data, and stops in order", async () => {
  const first = await start();
  // Whoever waits for the word alone must not be misled by an earlier line.
  expect(first.lines.filter((line) => line.includes("ready"))).toEqual(["ready"]);
  expect(first.lines.at(-1)).toBe("ready");
  for (const slug of ["acme", "globex", "initech"]) {
    expect(first.lines.join("\n")).toContain(`http://${slug}.localhost:${first.port}/`);
  }
  expect((await ask(first, "acme", "/")).body).toContain("Try to break in");
  expect((await ask(first, "acme", "/assets/break-in.js")).status).toBe(200);
  expect((await ask(first, "acme", "/assets/verdict.js")).status).toBe(200);
  expect((await ask(first, "initech", "/")).status).toBe(403);
  expect(first.lines).toContain(
    `http://auth.localhost:${first.port}/  (sign in, choose a tenant, see your devices)`,
  );
  for (const { email, password } of demoAccounts) {
    expect(first.lines.join("\n")).toContain(`${email}  password ${password}`);
  }
  const made = await ask(first, "acme", "/api/projects", {
    method: "POST",
    token: await printedToken(first, "acme"),
    body: '{"name":"Written before the kill"}',
  });
  expect(made.status).toBe(201);
  const { id } = JSON.parse(made.body) as { id: number };

  first.child.kill("SIGKILL");
  await once(first.child, "exit");

  const second = await start();
  expect(second.lines.filter((line) => line.includes("ready"))).toEqual(["ready"]);
  const [token, theirs] = [
    await printedToken(second, "acme"),
    await printedToken(second, "globex", "alice@acme.test"),
  ];
  const path = `/api/projects/${id}`;
  expect((await ask(second, "acme", path, { token })).body).toContain("Written before the kill");
  expect((await ask(second, "globex", path, { token: theirs })).body).not.toContain("Written");
  const listed = await ask(second, "acme", "/api/projects?limit=100", { token });
  expect((JSON.parse(listed.body) as { projects: unknown[] }).projects).toHaveLength(100);
  expect((await ask(second, "globex", "/api/projects/1", { token: theirs })).status).toBe(200);
  expect((await ask(second, "acme", "/api/projects/1", { token: theirs })).status).toBe(403);
  await expect(printedToken(second, "globex", "mallory@acme.test")).rejects.toThrow("got no token");

  second.child.kill("SIGTERM");
  const [code] = (await once(second.child, "exit")) as [number];
  expect(code).toBe(0);
  await expect(access(join(directory, "postgres", "data", "postmaster.pid"))).rejects.toThrow(
    "ENOENT",
  );
}, 120_000);

it("stops by itself where npm, which started it, was killed", async () => {
  // A shell in the place of npm: what counts is the name, and that it passes no signal on.
  const started = await start({ argv0: "npm start", args: ["-c", '"$0" "$@" & wait'] });
  expect((await ask(started, "acme", "/healthz")).status).toBe(200);
  started.child.kill("SIGKILL");
  await once(started.child, "exit");
  const lock = join(directory, "postgres", "data", "postmaster.pid");
  await expect
    .poll(
      () =>
        access(lock).then(
          () => "there",
          () => "gone",
        ),
      { timeout: 20_000 },
    )
    .toBe("gone");
  await expect(ask(started, "acme", "/healthz")).rejects.toThrow("ECONNREFUSED");
}, 60_000);
