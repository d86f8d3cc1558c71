import { cp, mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { queueMutants } from "./queue-mutants.js";
import { queueProbes, type QueueCopy } from "./queue-probes.js";

const repository = resolve(import.meta.dirname, "../..");

describe("queues with something wrong in them", () => {
  /** Inside the repository, so that the dependencies are found. */
  let folder: string;
  let copies = 0;
  let sound: QueueCopy;

  beforeAll(async () => {
    await mkdir(join(repository, ".tenantry"), { recursive: true });
    folder = await mkdtemp(join(repository, ".tenantry", "queue-mutants-"));
    sound = await copy();
  });
  afterAll(() => rm(folder, { recursive: true, force: true }));

  async function copy(
    file?: string,
    changes: readonly (readonly [string, string])[] = [],
  ): Promise<QueueCopy> {
    const source = join(folder, `${(copies += 1)}`);
    for (const part of ["core", "queue"]) {
      await cp(join(repository, "src", part), join(source, part), {
        recursive: true,
        filter: (path) => !/\.(test|test-support)\.ts$/.test(path),
      });
    }
    if (file !== undefined) {
      let text = await readFile(join(source, file), "utf8");
      for (const [find, replacement] of changes) {
        // A mutant that no longer fits would survive without having been tried.
        expect([find, text.split(find).length - 1]).toEqual([find, 1]);
        text = text.replace(find, () => replacement);
      }
      await writeFile(join(source, file), text);
    }
    const module = async <T>(name: string) => (await import(join(source, name))) as T;
    return {
      context: await module("core/context.ts"),
      scope: await module("core/scope.ts"),
      jobSeal: await module("core/seal/job-seal.ts"),
      keyRing: await module("core/seal/key-ring.ts"),
      tenancy: await module("queue/job-tenancy.ts"),
      runJob: await module("queue/run-job.ts"),
      fairShare: await module("queue/fair-share.ts"),
      json: await module("queue/canonical-json.ts"),
      bullmq: await module("queue/bullmq/index.ts"),
      boss: await module("queue/pg-boss/settle-job.ts"),
      nats: await module("queue/nats/settle-message.ts"),
      amqp: await module("queue/amqplib/index.ts"),
      kafka: await module("queue/kafka/index.ts"),
    };
  }
  /** A probe that throws has noticed, too. */
  const passes = (name: string, given: QueueCopy) =>
    queueProbes[name]!(given).catch((error: unknown) => String(error));

  it.each(Object.keys(queueProbes))(
    "have nothing wrong for the probe %s until they are mutated",
    async (name) => {
      expect(await passes(name, sound)).toBe(true);
    },
  );

  it.each(queueMutants.map((mutant) => [mutant.name, mutant.killedBy, mutant] as const))(
    "are found out: %s (by %s)",
    async (_, killedBy, { file, changes }) => {
      expect(await passes(killedBy, await copy(file, changes))).not.toBe(true);
    },
  );
});

it("names each mutant of the queues once, and all of them in the README", () => {
  const names = queueMutants.map(({ name }) => name);
  expect(new Set(names).size).toBe(names.length);
  const readme = readFileSync(join(import.meta.dirname, "README.md"), "utf8");
  expect(
    queueMutants.filter(({ name, killedBy }) => !readme.includes(`- ${name} — \`${killedBy}\``)),
  ).toEqual([]);
});
