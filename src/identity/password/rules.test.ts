import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { TenantryEvent } from "../../core/event.js";
import { sha1Of, type IsBreached } from "./breached.js";
import { createPasswordRules } from "./rules.js";

const serviceName = "Tenantry";
const rules = createPasswordRules({ serviceName });
const shortRules = createPasswordRules({ serviceName, secondFactorRequired: true });
const good = "correct horse battery";
const tooShort = ["It has fewer than 15 characters."];
const unseen = ["It holds a character that cannot be seen."];
const tooLong = ["It is longer than 1024 bytes, or holds a broken character."];
const ownName = ["It is little more than the name in your e-mail address."];

describe("a password's length", () => {
  it("is 15 characters at least, and 8 where there is a second factor", async () => {
    expect(await rules.problems("q".repeat(14))).toEqual(tooShort);
    expect(await rules.problems("q".repeat(15))).toEqual([]);
    expect(await shortRules.problems("q".repeat(7))).toEqual(["It has fewer than 8 characters."]);
    expect(await shortRules.problems("q".repeat(8))).toEqual([]);
  });

  it("is counted in code points: one of two UTF-16 units is one", async () => {
    expect(await rules.problems("\u{1f642}".repeat(14))).toEqual(tooShort);
    expect(await rules.problems("\u{1f642}".repeat(15))).toEqual([]);
  });

  it("is counted after NFC: a letter with its accent is one", async () => {
    expect(await rules.problems("e\u0301".repeat(14))).toEqual(tooShort);
    expect(await rules.problems("e\u0301".repeat(15))).toEqual([]);
  });

  it("may be 64 characters of any kind, and 1,024 bytes, and no more", async () => {
    expect(await rules.problems("\u{1f642}".repeat(64))).toEqual([]);
    expect(await rules.problems("q".repeat(1_024))).toEqual([]);
    expect(await rules.problems("q".repeat(1_025))).toEqual(tooLong);
    expect(await rules.problems("\u{1f642}".repeat(257))).toEqual(tooLong);
    expect(await rules.problems("q".repeat(10_000_000))).toEqual(tooLong);
  });
});

describe("a password's characters", () => {
  it.each([
    "               ",
    "111111111111111",
    "passwordpassword",
    "żółć gęślą jaźń",
    "密码密码密码密码密码密码密码密",
  ])("follow no rules of composition: %s", async (password) =>
    expect(await rules.problems(password)).toEqual([]),
  );

  it("may be any that prints, emoji that are joined included", async () => {
    expect(await rules.problems("👩‍👩‍👧 correct horse")).toEqual([]);
    const printing = fc.string({ unit: "grapheme", minLength: 15, maxLength: 60 });
    const clean = printing.filter((text) => !/[\p{Cn}\p{Co}\p{Cc}\p{Zl}\p{Zp}]/u.test(text));
    await fc.assert(
      fc.asyncProperty(clean, async (password) => {
        const found = await rules.problems(password);
        expect(found.filter((problem) => problem === unseen[0])).toEqual([]);
      }),
    );
  });

  it.each(["\0", "\n", "\t", "\u007f", "\u0085", "\u2028", "\u{10ffff}", "\ue000"])(
    "are none that cannot be seen or typed again: %j",
    async (character) => expect(await rules.problems(good + character)).toEqual(unseen),
  );

  it("are no halves of a pair", async () => {
    expect(await rules.problems(`${good}\ud83d`)).toEqual(tooLong);
  });

  it.each([undefined, null, 7, {}, [good]])("are text, and not %s", async (value) => {
    expect(await rules.problems(value)).toEqual(["It is missing."]);
  });
});

describe("a password of names", () => {
  const owner = { emailAddress: "Ada.Lovelace@example.com" };

  it.each([
    "ada.lovelace1815",
    "ADA.LOVELACE ADA.LOVELACE",
    "adalovelace-2026",
    "ａｄａ.lovelace 1815",
    "x ada.lovelace x ada.lovelace x",
  ])("is refused where it rests on the account's: %s", async (password) => {
    expect(await rules.problems(password, owner)).toEqual(ownName);
    expect(await rules.problems(password, { emailAddress: "bob@example.com" })).toEqual([]);
  });

  it("is refused where it rests on the service's", async () => {
    const problem = ["It is little more than the name of this service."];
    expect(await rules.problems("tenantry-TENANTRY-2026")).toEqual(problem);
    const spaced = createPasswordRules({ serviceName: "Blue Heron" });
    expect(await spaced.problems("blueheron 2026!")).toEqual(problem);
    expect(await spaced.problems("Blue Heron 2026!")).toEqual(problem);
  });

  it("is accepted where it is long enough without them", async () => {
    expect(await rules.problems("ada.lovelace correct horse battery", owner)).toEqual([]);
  });

  it("is accepted where the name is too short to mean anything", async () => {
    const short = { emailAddress: "q@example.com" };
    expect(await rules.problems("q".repeat(15), short)).toEqual([]);
  });

  it("says everything that is wrong at once", async () => {
    expect(await rules.problems("ada.lovelace\n", owner)).toEqual([
      ...tooShort,
      ...unseen,
      ...ownName,
    ]);
  });
});

describe("a password of a breach", () => {
  function asking(isBreached: IsBreached, breachTimeout = 2_000) {
    const events: TenantryEvent[] = [];
    const onEvent = (event: TenantryEvent) => void events.push(event);
    return {
      events,
      asked: createPasswordRules({ serviceName, isBreached, breachTimeout, onEvent }),
    };
  }
  const leaked = ["It is known from a leak of passwords, or much used."];

  it("is refused, and the hook is given its SHA-1 after NFC and nothing else", async () => {
    const seen: unknown[][] = [];
    const { asked } = asking((...given) => (seen.push(given), true));
    expect(await asked.problems("e\u0301".repeat(15))).toEqual(leaked);
    expect(seen).toEqual([[sha1Of("\u00e9".repeat(15)), expect.any(AbortSignal)]]);
    expect(seen[0]![0]).toMatch(/^[0-9A-F]{40}$/);
  });

  it("is not asked for where the other rules refuse it", async () => {
    let count = 0;
    const { asked } = asking(() => ((count += 1), false));
    expect(await asked.problems("short")).toEqual(tooShort);
    expect(count).toBe(0);
    expect(await asked.problems(good)).toEqual([]);
    expect(count).toBe(1);
  });

  it.each<[string, IsBreached]>([
    [
      "throws",
      () => {
        throw new Error(good);
      },
    ],
    ["rejects", () => Promise.reject(new Error(good))],
    ["never answers", () => new Promise(() => undefined)],
    ["answers neither yes nor no", () => undefined as unknown as boolean],
  ])("does not stop a sign-up when the hook %s, and is an event", async (_, isBreached) => {
    const { asked, events } = asking(isBreached, 20);
    expect(await asked.problems(good)).toEqual([]);
    expect(events).toMatchObject([{ type: "password.breach-check-failed", severity: "warning" }]);
    expect(JSON.stringify(events)).not.toContain(good);
  });

  it("is given up when it is late: the hook is told to stop", async () => {
    let signal: AbortSignal | undefined;
    const { asked } = asking((_, given) => ((signal = given), new Promise(() => undefined)), 20);
    await asked.problems(good);
    expect(signal!.aborted).toBe(true);
  });
});

describe("check", () => {
  it("throws what is wrong as sentences, and never the password", async () => {
    const error: unknown = await rules.check("Hunter2").catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ code: "PASSWORD_WEAK", status: 400, problems: tooShort });
    expect(JSON.stringify(error) + String(error)).not.toContain("Hunter2");
    await expect(rules.check(good)).resolves.toBeUndefined();
  });
});

it.each([
  {},
  { serviceName: " " },
  { serviceName: "a".repeat(256) },
  { serviceName, breachTimeout: 0 },
  undefined,
])("refuses the options %o", (options) => {
  expect(() => createPasswordRules(options as { serviceName: string })).toThrow(
    expect.objectContaining({ code: "CONFIG_INVALID" }),
  );
});
