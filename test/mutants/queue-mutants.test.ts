import { readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { queueMutants } from "./queue-mutants.js";
import { queueProbes, type QueueCopy } from "./queue-probes.js";
import { openSourceCopies, type Changes, type SourceCopies } from "./source-copy.js";
import { severalTries } from "./several-tries.js";

describe("queues with something wrong in them", () => {
  let copies: SourceCopies;
  let sound: QueueCopy;

  beforeAll(async () => {
    copies = await openSourceCopies(["core", "queue"]);
    sound = await copy();
  });
  afterAll(() => copies?.remove());

  async function copy(file?: string, changes?: Changes): Promise<QueueCopy> {
    const module = await copies.copy(file, changes);
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
    severalTries,
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
