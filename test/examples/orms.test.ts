import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { buildPackage, type BuiltPackage } from "../support/built-package.js";
import { copyExample, promisedOutput } from "./example.js";

describe("the examples of ORMs", { timeout: 120_000 }, () => {
  let built: BuiltPackage;
  beforeAll(async () => {
    built = await buildPackage({ declarations: true });
  }, 120_000);
  afterAll(() => built?.remove());

  it.each(["drizzle", "kysely", "prisma"])(
    "print what the README says, each tenant its own rows, and again when started again: %s",
    async (name) => {
      const promised = await promisedOutput(name);
      const example = await copyExample(built, name);
      expect(await example.start()).toBe(promised);
      expect(await example.startAgain()).toBe(promised);
    },
  );
});
