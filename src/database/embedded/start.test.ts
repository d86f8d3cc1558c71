import { chmod, mkdir, readdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import { createServer, type Server } from "node:net";
import { once } from "node:events";
import { join } from "node:path";
import { describe, expect, it, onTestFinished } from "vitest";
import { isRoot, serverPid, start, temporaryDirectory, value } from "./embedded.test-support.js";
import { startEmbeddedPostgres } from "./start.js";

describe("the embedded PostgreSQL", () => {
  it("starts on a fresh directory, says what it does, and is the version it says", async () => {
    const directory = join(await temporaryDirectory(), "not/yet/there");
    const steps: string[] = [];
    const server = await start({ directory, onStep: (step) => steps.push(step) });
    expect(await value(server.url, "select current_setting('server_version')")).toBe(
      server.version,
    );
    expect(Number.parseInt(server.version)).toBeGreaterThanOrEqual(18);
    // A clone in a directory of root's own alone has its binaries copied first.
    const words = steps.map((step) => step.split(" ")[0]).filter((word) => word !== "copying");
    expect(words).toEqual(["making", "starting"]);
  });

  it("keeps data, port and password from one start to the next", async () => {
    const directory = await temporaryDirectory();
    const first = await start({ directory });
    await value(first.url, "create table kept as select 42 as answer");
    await first.stop();
    const steps: string[] = [];
    const second = await start({ directory, onStep: (step) => steps.push(step) });
    expect(second.url).toBe(first.url);
    expect(await value(second.url, "select answer from kept")).toBe(42);
    expect(steps.filter((step) => !step.startsWith("copying"))).toEqual([
      `starting PostgreSQL ${second.version}`,
    ]);
  });

  it("listens on loopback only, and asks for the password", async () => {
    const server = await start({ directory: await temporaryDirectory() });
    expect(await value(server.url, "show listen_addresses")).toBe("127.0.0.1");
    expect(await value(server.url, "show unix_socket_directories")).toBe("");
    expect(
      await value(
        server.url,
        "select bool_and(auth_method = 'scram-sha-256') from pg_hba_file_rules",
      ),
    ).toBe(true);
    const wrong = server.url.replace(/:[^:@]+@/, ":guess@");
    await expect(value(wrong, "select 1")).rejects.toThrow("password authentication failed");
  });

  it("keeps the password in a file that only its owner can read", async () => {
    const directory = await temporaryDirectory();
    const server = await start({ directory });
    const password = new URL(server.url).password;
    expect(password.length).toBeGreaterThanOrEqual(32);
    for (const name of await readdir(directory)) {
      const { mode } = await stat(join(directory, name));
      expect([name, (mode & 0o077).toString(8)]).toEqual([name, "0"]);
    }
    expect(await readFile(join(directory, "server.json"), "utf8")).toContain(password);
    expect(await readFile(join(directory, "server.log"), "utf8")).not.toContain(password);
  });

  it("knows letters beyond ASCII whatever locales the system has", async () => {
    const server = await start({ directory: await temporaryDirectory() });
    expect(await value(server.url, "select upper('é') || current_setting('server_encoding')")).toBe(
      "ÉUTF8",
    );
  });

  it("takes server settings, and refuses what is no name of one", async () => {
    const directory = await temporaryDirectory();
    const server = await start({ directory, settings: { max_connections: "33" } });
    expect(await value(server.url, "show max_connections")).toBe("33");
    await expect(
      startEmbeddedPostgres({ directory, settings: { "fsync=off -c x": "1" } }),
    ).rejects.toMatchObject({ code: "CONFIG_INVALID" });
  });

  it.skipIf(!isRoot)(
    "as root runs as another user, in a directory that only root can enter [skipped unless root]",
    async () => {
      const parent = await temporaryDirectory();
      await chmod(parent, 0o700);
      const directory = join(parent, ".tenantry/postgres");
      const server = await start({ directory });
      await value(server.url, "create table t as select 1");
      const status = await readFile(`/proc/${await serverPid(directory)}/status`, "utf8");
      expect(/^Uid:\t(\d+)\t(\d+)/m.exec(status)?.slice(1)).toEqual(["65534", "65534"]);
      expect(/^Groups:\t(.*)$/m.exec(status)?.[1]?.trim()).toBe("");
      expect(/^CapEff:\t(.*)$/m.exec(status)?.[1]).toMatch(/^0+$/);
    },
  );

  it("takes another port where the last one is taken by now", async () => {
    const directory = await temporaryDirectory();
    const first = await start({ directory });
    await first.stop();
    await occupy(first.port);
    const second = await start({ directory });
    expect(second.port).not.toBe(first.port);
    expect(await value(second.url, "select 1")).toBe(1);
  });

  it("uses the port it is told, and fails with the server's own words where that is taken", async () => {
    const directory = await temporaryDirectory();
    const holder = await occupy(0);
    await expect(startEmbeddedPostgres({ directory, port: holder.port })).rejects.toMatchObject({
      code: "EMBEDDED_UNAVAILABLE",
      message: expect.stringContaining("Address already in use") as string,
    });
    holder.server.close();
    await once(holder.server, "close");
    expect((await start({ directory, port: holder.port })).port).toBe(holder.port);
  });

  it("clears away what an interrupted first start left", async () => {
    const directory = await temporaryDirectory();
    await mkdir(join(directory, "data.unfinished-abc"));
    await writeFile(join(directory, "data.unfinished-abc", "PG_VERSION"), "18\n");
    await start({ directory });
    const names = await readdir(directory);
    expect(names.filter((name) => name.startsWith("data"))).toEqual(["data"]);
  });

  it("does not guess where the password is gone", async () => {
    const directory = await temporaryDirectory();
    await (await start({ directory })).stop();
    await writeFile(join(directory, "server.json"), "{");
    await expect(startEmbeddedPostgres({ directory })).rejects.toThrow("server.json is damaged");
    await rm(join(directory, "server.json"));
    await expect(startEmbeddedPostgres({ directory })).rejects.toThrow("is gone");
    await writeFile(join(directory, "server.json"), '{"port":5000,"password":"another"}');
    await expect(startEmbeddedPostgres({ directory })).rejects.toThrow("cannot log in");
  });

  it("refuses data of another major version", async () => {
    const directory = await temporaryDirectory();
    await (await start({ directory })).stop();
    await writeFile(join(directory, "data/PG_VERSION"), "17\n");
    await expect(startEmbeddedPostgres({ directory })).rejects.toThrow("is of PostgreSQL 17");
  });

  it("can be stopped twice, and frees the directory", async () => {
    const directory = await temporaryDirectory();
    const server = await start({ directory });
    await Promise.all([server.stop(), server.stop()]);
    await server.stop();
    await server.exited;
    expect(await readdir(directory)).not.toContain("owner.json");
    await start({ directory });
  });

  it.each([{ directory: "" }, { directory: "x", port: 70_000 }, { directory: "x", port: 1.5 }])(
    "refuses the options %j",
    async (options) => {
      await expect(startEmbeddedPostgres(options)).rejects.toMatchObject({
        code: "CONFIG_INVALID",
      });
    },
  );
});

async function occupy(port: number): Promise<{ server: Server; port: number }> {
  const server = createServer();
  onTestFinished(() => void server.close());
  server.listen(port, "127.0.0.1");
  await once(server, "listening");
  return { server, port: (server.address() as { port: number }).port };
}
