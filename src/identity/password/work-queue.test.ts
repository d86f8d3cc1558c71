import { describe, expect, it } from "vitest";
import { tally } from "../../../test/limits/support/scopes.js";
import { defaultConcurrency } from "./concurrency.js";
import { createPasswordHasher } from "./hasher.js";
import { countedArgon2 } from "./password.test-support.js";
import { WorkQueue } from "./work-queue.js";

const least = { memoryKib: 7_168, passes: 5 };
const codeOf = (work: Promise<unknown>) =>
  work.then(
    () => "done",
    (error: { code?: unknown; name: string }) =>
      typeof error.code === "string" ? error.code : error.name,
  );

/** Work that ends when it is told to. */
function held() {
  const ends: (() => void)[] = [];
  const work = () => new Promise<void>((resolve) => void ends.push(resolve));
  return { ends, work };
}

describe("a flood of sign-ins", () => {
  it("hashes as many at once as allowed, lets as many wait, and refuses the others at once", async () => {
    const argon2 = countedArgon2();
    const hasher = createPasswordHasher({ ...least, concurrency: 2, maxWaiting: 5 }, argon2);
    const outcomes = await Promise.all(
      Array.from({ length: 30 }, () => codeOf(hasher.verify("wrong", null))),
    );
    expect(tally(outcomes)).toEqual({ done: 7, SIGN_IN_BUSY: 23 });
    expect(outcomes.slice(0, 7)).toEqual(Array.from({ length: 7 }, () => "done"));
    expect(argon2.most()).toBe(2);
    expect(argon2.calls.length).toBe(7);
    expect(await codeOf(hasher.hash("and it goes on"))).toBe("done");
  });

  it("bounds hashing and verifying together", async () => {
    const argon2 = countedArgon2();
    const hasher = createPasswordHasher({ ...least, concurrency: 1, maxWaiting: 9 }, argon2);
    await Promise.all([
      hasher.hash("one password"),
      hasher.verify("another", null),
      hasher.hash("x"),
    ]);
    expect(argon2.most()).toBe(1);
  });

  it("says when to try again", async () => {
    const queue = new WorkQueue({ concurrency: 1, maxWaiting: 0 });
    const { ends, work } = held();
    const first = queue.run(work);
    await expect(queue.run(work)).rejects.toMatchObject({
      code: "SIGN_IN_BUSY",
      status: 503,
      retryAfter: 2,
    });
    ends[0]!();
    await first;
  });
});

describe("the queue", () => {
  it("is in the order that its callers came", async () => {
    const queue = new WorkQueue({ concurrency: 2, maxWaiting: 100 });
    const order: number[] = [];
    const turns = Array.from({ length: 50 }, (_, i) =>
      queue.run(async () => {
        order.push(i);
        await new Promise((resolve) => setTimeout(resolve, i % 3));
      }),
    );
    await Promise.all(turns);
    expect(order).toEqual(Array.from({ length: 50 }, (_, i) => i));
  });

  it("is left by who gives up, whose place another one may have", async () => {
    const queue = new WorkQueue({ concurrency: 1, maxWaiting: 1 });
    const { ends, work } = held();
    const first = queue.run(work);
    const controller = new AbortController();
    const second = queue.run(work, controller.signal);
    expect(await codeOf(queue.run(work))).toBe("SIGN_IN_BUSY");
    controller.abort();
    expect(await codeOf(second)).toBe("AbortError");
    const third = queue.run(work);
    ends[0]!();
    await first;
    await Promise.resolve();
    expect(ends.length).toBe(2);
    ends[1]!();
    await third;
  });

  it("is not entered by who gave up before", async () => {
    const queue = new WorkQueue({ concurrency: 1, maxWaiting: 1 });
    let worked = false;
    const work = async () => void (worked = true);
    expect(await codeOf(queue.run(work, AbortSignal.abort()))).toBe("AbortError");
    expect(worked).toBe(false);
  });

  it("lets what is under way end, though its caller gave up", async () => {
    const queue = new WorkQueue({ concurrency: 1, maxWaiting: 1 });
    const { ends, work } = held();
    const controller = new AbortController();
    const first = queue.run(work, controller.signal);
    const second = queue.run(work);
    controller.abort();
    expect(ends.length).toBe(1);
    ends[0]!();
    expect(await codeOf(first)).toBe("done");
    await Promise.resolve();
    ends[1]!();
    expect(await codeOf(second)).toBe("done");
  });

  it("goes on after work that failed", async () => {
    const queue = new WorkQueue({ concurrency: 1, maxWaiting: 0 });
    for (let i = 0; i < 3; i++) {
      await expect(queue.run(() => Promise.reject(new Error("boom")))).rejects.toThrow("boom");
    }
    expect(await codeOf(queue.run(async () => undefined))).toBe("done");
  });
});

describe("the usual concurrency", () => {
  it.each([
    [1, 4, 2],
    [2, 4, 2],
    [4, 4, 3],
    [16, 4, 3],
    [16, 32, 16],
    [16, 1, 2],
  ])("of %i processors and %i threads is %i", (processors, threads, expected) => {
    expect(defaultConcurrency(processors, threads)).toBe(expected);
  });
});
