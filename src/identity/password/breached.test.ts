import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { breachedByFile, breachedByRange, sha1Of } from "./breached.js";

const { signal } = new AbortController();
const password = "correct horse battery";
const [prefix, rest] = [sha1Of(password).slice(0, 5), sha1Of(password).slice(5)];

it("sha1Of gives 40 upper-case digits, as lists have them", () => {
  expect(sha1Of("password")).toBe("5BAA61E4C9B93F3F0682250B6CF8331B7EE68FD8");
});

describe("a range service", () => {
  it("sees five digits and nothing else", async () => {
    const seen: unknown[][] = [];
    const isBreached = breachedByRange(async (...given) => (seen.push(given), ""));
    expect(await isBreached(sha1Of(password), signal)).toBe(false);
    expect(seen).toEqual([[prefix, signal]]);
  });

  it.each([
    ["the other digits", `${"0".repeat(35)}:3\r\n${rest}:7\r\n`, true],
    ["them in lower case", `${rest.toLowerCase()}:7`, true],
    ["them without a count", rest, true],
    ["them as padding", `${rest}:0\r\n`, false],
    ["a part of them", rest.slice(0, 34), false],
    ["more than them", `${rest}A:7`, false],
    ["nothing", "", false],
  ])("that answers with %s", async (_, answer, expected) => {
    expect(await breachedByRange(async () => answer)(sha1Of(password), signal)).toBe(expected);
  });

  it("that answers with no text is a failure, and not a no", async () => {
    const isBreached = breachedByRange(async () => undefined as unknown as string);
    await expect(isBreached(sha1Of(password), signal)).rejects.toThrow("no text");
  });
});

describe("a list in a file", () => {
  let folder: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "breached-"));
  });
  afterAll(() => rm(folder, { recursive: true, force: true }));
  const list = async (text: string) => {
    const path = join(folder, "list.txt");
    await writeFile(path, text);
    return path;
  };

  it("holds passwords, and hashes with and without a count", async () => {
    const lines = [password, sha1Of("second one"), `${sha1Of("third one").toLowerCase()}:42`];
    const isBreached = await breachedByFile(await list(`${lines.join("\r\n")}\r\n\r\n`));
    const asked = [password, "second one", "third one", "fourth one", ""];
    expect(asked.map((one) => isBreached(sha1Of(one), signal))).toEqual([
      ...[true, true, true],
      ...[false, false],
    ]);
  });

  it("has a bound", async () => {
    const path = await list("a\nb\nc\n");
    await expect(breachedByFile(path, { most: 2 })).rejects.toMatchObject({
      code: "CONFIG_INVALID",
    });
    expect((await breachedByFile(path, { most: 3 }))(sha1Of("c"), signal)).toBe(true);
  });

  it("must be there", async () => {
    await expect(breachedByFile(join(folder, "none.txt"))).rejects.toMatchObject({
      code: "ENOENT",
    });
  });
});
