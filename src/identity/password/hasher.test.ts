import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { TenantryEvent } from "../../core/event.js";
import { createPasswordHasher, type PasswordHasherOptions } from "./hasher.js";
import { countedArgon2 } from "./password.test-support.js";

/** The least that is allowed, so that the tests are quick. */
const least = { memoryKib: 7_168, passes: 5, parallelism: 1 };
const password = "correct horse battery";

function hasherOf(options: PasswordHasherOptions = {}) {
  const argon2 = countedArgon2();
  const events: TenantryEvent[] = [];
  const onEvent = (event: TenantryEvent) => void events.push(event);
  return {
    argon2,
    events,
    hasher: createPasswordHasher({ ...least, onEvent, ...options }, argon2),
  };
}

describe("a password's hash", () => {
  it("is a PHC string of argon2id with OWASP's cost, and another one each time", async () => {
    const hasher = createPasswordHasher();
    const [first, second] = await Promise.all([hasher.hash(password), hasher.hash(password)]);
    expect(first).toMatch(
      /^\$argon2id\$v=19\$m=19456,t=2,p=1\$[A-Za-z0-9+/]{22}\$[A-Za-z0-9+/]{43}$/,
    );
    expect(second).not.toBe(first);
  });

  it("fits its password and no other", async () => {
    const { hasher } = hasherOf();
    const phc = await hasher.hash(password);
    const asked = [password, `${password} `, password.toUpperCase(), ""];
    const answers = await Promise.all(asked.map((one) => hasher.verify(one, phc)));
    expect(answers).toEqual([true, false, false, false]);
  });

  it("fits however the keyboard composes a character, and not what only looks alike", async () => {
    const { hasher } = hasherOf();
    const phc = await hasher.hash("caf\u00e9 au lait x\u00b2");
    expect(await hasher.verify("cafe\u0301 au lait x\u00b2", phc)).toBe(true);
    expect(await hasher.verify("caf\u00e9 au lait x2", phc)).toBe(false);
  });

  it("tells apart what differs in the last of 1,024 bytes, and has nothing longer", async () => {
    const { hasher, argon2 } = hasherOf();
    const phc = await hasher.hash("a".repeat(1_024));
    expect(await hasher.verify("a".repeat(1_024), phc)).toBe(true);
    expect(await hasher.verify(`${"a".repeat(1_023)}b`, phc)).toBe(false);
    const before = argon2.calls.length;
    await expect(hasher.hash("a".repeat(1_025))).rejects.toMatchObject({ code: "PASSWORD_WEAK" });
    await expect(hasher.hash("é".repeat(513))).rejects.toMatchObject({ code: "PASSWORD_WEAK" });
    expect(argon2.calls.length).toBe(before);
  });

  it("is for proper text: halves of surrogate pairs, which are all one in UTF-8, are refused", async () => {
    const { hasher } = hasherOf();
    await expect(hasher.hash("\ud800 half a character")).rejects.toMatchObject({
      code: "PASSWORD_WEAK",
    });
    const phc = await hasher.hash("\ufffd half a character");
    expect(await hasher.verify("\ud800 half a character", phc)).toBe(false);
    expect(await hasher.verify("\ufffd half a character", phc)).toBe(true);
  });
});

describe("verifying", () => {
  it("does the same work for unknown accounts, wrong passwords and hashes that are none", async () => {
    const { hasher, argon2 } = hasherOf();
    const phc = await hasher.hash(password);
    const asked: [string, string | null][] = [
      [password, phc],
      ["wrong", phc],
      [password, null],
      [password, ""],
      [password, phc.replace("argon2id", "argon2i")],
      ["a".repeat(2_000), phc],
      ["a".repeat(1_000_000), null],
      ["\udfff", phc],
    ];
    for (const [given, stored] of asked) {
      const before = argon2.calls.length;
      expect(await hasher.verify(given, stored)).toBe(given === password && stored === phc);
      const done = argon2.calls.slice(before);
      expect(done).toEqual([expect.objectContaining({ kind: "verify", ...least })]);
    }
  });

  it("never says yes for an account that is unknown, whatever the password", async () => {
    const { hasher } = hasherOf({ memoryKib: 35_840, passes: 1 });
    const answers = ["", password, "\ud800"].map((one) => hasher.verify(one, null));
    expect(await Promise.all(answers)).toEqual([false, false, false]);
  });

  it.each([
    ["gigabytes of memory", "m=4194304,t=2,p=1"],
    ["seven digits of memory", "m=9999999,t=2,p=1"],
    ["a hundred passes", "m=19456,t=100,p=1"],
    ["two hundred lanes", "m=19456,t=2,p=200"],
    ["less memory than its lanes need", "m=8,t=2,p=4"],
    ["no memory", "m=0,t=2,p=1"],
    ["a number in another spelling", "m=019456,t=2,p=1"],
    ["a key id", "m=19456,t=2,p=1,keyid=aaaa"],
    ["parameters in another order", "t=2,m=19456,p=1"],
  ])("does not believe a stored hash with %s, and tells of it", async (_, parameters) => {
    const { hasher, argon2, events } = hasherOf();
    const phc = (await hasher.hash(password)).replace(/m=[^$]*/, parameters);
    expect(await hasher.verify(password, phc)).toBe(false);
    expect(argon2.calls.at(-1)).toMatchObject({ kind: "verify", ...least });
    expect(events).toMatchObject([{ type: "password.hash-refused", severity: "warning" }]);
    expect(JSON.stringify(events)).not.toContain(phc.split("$").at(-1));
  });

  it("believes what other libraries store by RFC 9106: 64 MiB, 3 passes, 4 lanes", async () => {
    const theirs = await createPasswordHasher({
      memoryKib: 65_536,
      passes: 3,
      parallelism: 4,
    }).hash(password);
    const { hasher, argon2 } = hasherOf();
    expect(await hasher.verify(password, theirs)).toBe(true);
    expect(argon2.calls).toMatchObject([{ memoryKib: 65_536, passes: 3, parallelism: 4 }]);
  });

  it("takes any text for a stored hash without failing", async () => {
    const { hasher, argon2 } = hasherOf({ memoryKib: 35_840, passes: 1 });
    const sound = await hasher.hash(password);
    const damaged = fc
      .tuple(fc.nat(sound.length - 1), fc.string({ maxLength: 3 }))
      .map(([at, piece]) => sound.slice(0, at) + piece + sound.slice(at + 1));
    await fc.assert(
      fc.asyncProperty(fc.oneof(fc.string(), damaged), async (stored) => {
        const answer = await hasher.verify("another password", stored);
        expect(answer).toBe(false);
        expect(argon2.calls.at(-1)!.memoryKib).toBeLessThanOrEqual(65_536);
      }),
      { numRuns: 40 },
    );
  });
});

describe("needsRehash", () => {
  it("says so of another cost, another algorithm and what is no hash", async () => {
    const { hasher } = hasherOf();
    const phc = await hasher.hash(password);
    expect(hasher.needsRehash(phc)).toBe(false);
    const others = [
      phc.replace("m=7168", "m=7169"),
      phc.replace("t=5", "t=6"),
      phc.replace("p=1", "p=2"),
      phc.replace("argon2id", "argon2i"),
      phc.replace("v=19", "v=16"),
      "",
    ];
    expect(others.map((other) => hasher.needsRehash(other))).toEqual(others.map(() => true));
  });
});

describe("the options", () => {
  it.each([
    { memoryKib: 7_167, passes: 20 },
    { memoryKib: 19_456, passes: 1 },
    { memoryKib: 2_000_000 },
    { passes: 0 },
    { passes: 21 },
    { passes: 1.5 },
    { parallelism: 0 },
    { parallelism: 17 },
    { concurrency: 0 },
    { concurrency: 257 },
    { maxWaiting: -1 },
    { maxWaiting: Infinity },
  ])("refuses %o", (options) => {
    expect(() => createPasswordHasher(options)).toThrow(
      expect.objectContaining({ code: "CONFIG_INVALID" }),
    );
  });

  it.each([
    { memoryKib: 47_104, passes: 1 },
    { memoryKib: 12_288, passes: 3 },
    { memoryKib: 7_168, passes: 5 },
  ])("takes each of OWASP's equal choices, such as %o", (options) => {
    expect(() => createPasswordHasher(options)).not.toThrow();
  });
});
