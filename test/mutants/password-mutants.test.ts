import { readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { passwordMutants } from "./password-mutants.js";
import { passwordProbes, type PasswordCopy } from "./password-probes.js";
import { openSourceCopies, type Changes, type SourceCopies } from "./source-copy.js";
import { severalTries } from "./several-tries.js";

describe("passwords, addresses, mail and attempts with something wrong in them", () => {
  let copies: SourceCopies;
  let sound: PasswordCopy;

  beforeAll(async () => {
    const parts = ["password", "email", "mail", "attempts"].map((part) => `identity/${part}`);
    copies = await openSourceCopies(["core", "limits", ...parts]);
    sound = await copy();
  });
  afterAll(() => copies?.remove());

  async function copy(file?: string, changes?: Changes): Promise<PasswordCopy> {
    const module = await copies.copy(file, changes);
    return {
      hasher: await module("identity/password/hasher.ts"),
      rules: await module("identity/password/rules.ts"),
      breached: await module("identity/password/breached.ts"),
      email: await module("identity/email/email-address.ts"),
      message: await module("identity/mail/check-message.ts"),
      outbox: await module("identity/mail/outbox.ts"),
      attempts: await module("identity/attempts/sign-in-attempts.ts"),
    };
  }
  /** A probe that throws has noticed, too. */
  const passes = (name: string, given: PasswordCopy) =>
    passwordProbes[name]!(given).catch((error: unknown) => String(error));

  it.each(Object.keys(passwordProbes))(
    "has nothing wrong for the probe %s until it is mutated",
    async (name) => {
      expect(await passes(name, sound)).toBe(true);
    },
  );

  it.each(passwordMutants.map((mutant) => [mutant.name, mutant.killedBy, mutant] as const))(
    "is found out: %s (by %s)",
    severalTries,
    async (_, killedBy, { file, changes }) => {
      expect(await passes(killedBy, await copy(file, changes))).not.toBe(true);
    },
  );
});

it("names each mutant of passwords and sign-in once, and all of them in the README", () => {
  const names = passwordMutants.map(({ name }) => name);
  expect(new Set(names).size).toBe(names.length);
  const readme = readFileSync(join(import.meta.dirname, "README.md"), "utf8");
  const rows = passwordMutants.map(({ name, killedBy }) => `- ${name} — \`${killedBy}\``);
  expect(rows.filter((row) => !readme.includes(row))).toEqual([]);
});
