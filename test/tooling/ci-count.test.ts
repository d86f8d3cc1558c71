import { execFile } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { promisify } from "node:util";
import { afterEach, beforeEach, describe, expect, it } from "vitest";

const root = resolve(import.meta.dirname, "../..");
const script = join(root, "scripts/ci/count-tests.js");

let folder = "";

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "ci-count-"));
});

afterEach(async () => {
  await rm(folder, { recursive: true, force: true });
});

describe("the count of tests", () => {
  it("counts what passed", async () => {
    const run = await count([file("passed", ["passed", "passed"]), file("passed", ["passed"])]);
    expect(run).toEqual({ counts: "3 0 0", passed: true });
  });

  it("counts what failed", async () => {
    const run = await count([file("failed", ["passed", "failed"])]);
    expect(run).toEqual({ counts: "1 1 0", passed: false });
  });

  it("counts a file that failed before its tests as one failure", async () => {
    expect(await count([file("failed", [])])).toEqual({ counts: "0 1 0", passed: false });
    expect(await count([file("failed", ["skipped"])])).toEqual({ counts: "0 2 0", passed: false });
  });

  it.each(["skipped", "pending", "todo", "disabled"])(
    "counts a %s test as failed",
    async (status) => {
      expect(await count([file("passed", [status])])).toEqual({ counts: "0 1 0", passed: false });
    },
  );

  it("counts a skipped test that is allowed, with a reason, as skipped", async () => {
    const test = "src/a.test.ts test 0";
    const files = [file("passed", ["skipped", "passed"])];
    expect(await count(files, [{ test, reason: "needs a licence" }])).toEqual({
      counts: "1 0 1",
      passed: true,
    });
    expect(await count(files, [{ test, reason: "" }])).toMatchObject({ counts: "1 1 0" });
  });

  it("fails where vitest failed and no test did", async () => {
    expect(await count([file("passed", ["passed"])], [], false)).toEqual({
      counts: "1 1 0",
      passed: false,
    });
  });

  it("fails where nothing ran", async () => {
    expect(await count([])).toEqual({ counts: "0 1 0", passed: false });
  });
});

function file(status: string, tests: readonly string[]): unknown {
  return {
    name: join(root, "src/a.test.ts"),
    status,
    message: "",
    assertionResults: tests.map((state, index) => ({ fullName: `test ${index}`, status: state })),
  };
}

async function count(
  testResults: readonly unknown[],
  allowed: readonly unknown[] = [],
  success = true,
): Promise<{ readonly counts: string; readonly passed: boolean }> {
  await writeFile(join(folder, "report.json"), JSON.stringify({ success, testResults }));
  await writeFile(join(folder, "allowed.json"), JSON.stringify(allowed));
  const args = [script, join(folder, "report.json"), join(folder, "allowed.json")];
  return promisify(execFile)(process.execPath, args, { cwd: root }).then(
    ({ stdout }) => ({ counts: stdout.trim(), passed: true }),
    (error: unknown) => ({ counts: (error as { stdout: string }).stdout.trim(), passed: false }),
  );
}
