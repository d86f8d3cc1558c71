import { readFileSync } from "node:fs";
import { cp, mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { SourceMutant } from "./source-mutants.js";
import { edgeMutants } from "./edge-mutants.js";
import { edgeProbes, type EdgeCopy } from "./edge-probes.js";

const repository = resolve(import.meta.dirname, "../..");

describe("an edge with something wrong in it", () => {
  let folder: string;
  let copies = 0;

  beforeAll(async () => {
    await mkdir(join(repository, ".tenantry"), { recursive: true });
    // Inside the repository, so that the dependencies are found.
    folder = await mkdtemp(join(repository, ".tenantry", "edge-mutants-"));
  });
  afterAll(() => rm(folder, { recursive: true, force: true }));

  async function copy({
    file,
    changes,
  }: Pick<SourceMutant, "file" | "changes">): Promise<EdgeCopy> {
    const source = join(folder, `${(copies += 1)}`);
    await cp(join(repository, "src"), source, {
      recursive: true,
      filter: (path) => !/\.(test|test-support)\.ts$/.test(path),
    });
    let text = await readFile(join(source, file), "utf8");
    for (const [find, replacement] of changes) {
      // A mutant that no longer fits would survive without having been tried.
      expect([find, text.split(find).length - 1]).toEqual([find, 1]);
      text = text.replace(find, () => replacement);
    }
    await writeFile(join(source, file), text);
    return {
      index: (await import(join(source, "index.ts"))) as EdgeCopy["index"],
      fastify: (await import(join(source, "http/fastify/index.ts"))) as EdgeCopy["fastify"],
    };
  }
  /** A probe that throws, or never ends, has noticed, too. */
  const passes = (name: string, given: EdgeCopy) =>
    Promise.race([
      edgeProbes[name]!(given).catch((error: unknown) => String(error)),
      new Promise((resolve) => setTimeout(resolve, 3000, "never ends")),
    ]);

  it("has nothing wrong for any of the probes until it is mutated", async () => {
    const sound = await copy({ file: "index.ts", changes: [] });
    const found: [string, unknown][] = [];
    for (const name of Object.keys(edgeProbes)) found.push([name, await passes(name, sound)]);
    expect(found.filter(([, right]) => right !== true)).toEqual([]);
  });

  it.each(edgeMutants.map((mutant) => [mutant.name, mutant.killedBy, mutant] as const))(
    "is found out: %s (by %s)",
    async (_, killedBy, mutant) => {
      expect(await passes(killedBy, await copy(mutant))).not.toBe(true);
    },
  );
});

it("names each mutant of the edges once, and all of them in the README", () => {
  const names = edgeMutants.map(({ name }) => name);
  expect(new Set(names).size).toBe(names.length);
  const readme = readFileSync(join(import.meta.dirname, "README.md"), "utf8");
  expect(
    edgeMutants.filter(({ name, killedBy }) => !readme.includes(`- ${name} — \`${killedBy}\``)),
  ).toEqual([]);
});
