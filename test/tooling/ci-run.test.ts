import { execFile } from "node:child_process";
import { chmod, cp, mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import process from "node:process";
import { promisify } from "node:util";
import { afterEach, beforeEach, describe, expect, it } from "vitest";

const root = resolve(import.meta.dirname, "../..");

let folder = "";

/** A repository whose steps are stand-ins: what is tested here is how .ci/run counts them. */
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "ci-run-"));
  await cp(join(root, ".ci"), join(folder, ".ci"), { recursive: true });
  await cp(join(root, "scripts/ci"), join(folder, "scripts/ci"), { recursive: true });
  await writeFile(join(folder, "package.json"), `{ "type": "module" }`);
  await writeFile(join(folder, ".ci/services"), "");
  await mkdir(join(folder, "bin"));
  await command("npm");
  await command("npx");
});

afterEach(async () => {
  await rm(folder, { recursive: true, force: true });
});

describe(".ci/run", { timeout: 60_000 }, () => {
  it("counts every test and every other step", async () => {
    const { lastLine, code } = await ci({ tests: ["passed", "passed", "passed"] });
    expect(lastLine).toBe("11 passed, 0 failed");
    expect(code).toBe(0);
  });

  it("repeats at the end which servers the suites ran against", async () => {
    const { output } = await ci({ tests: ["passed"] });
    expect(output).toContain("=== servers\n   a PostgreSQL: 3 suites\n\n=== steps\n");
  });

  it("runs every step though one failed, and fails", async () => {
    const { lastLine, code, output } = await ci({ tests: ["passed"], failing: "typecheck" });
    expect(lastLine).toBe("8 passed, 1 failed");
    expect(code).toBe(1);
    expect(output).toMatch(/^typecheck +FAILED \(1\)/m);
    expect(output).toMatch(/^package +passed/m);
  });

  it("counts failed tests, and not their step as well", async () => {
    const { lastLine, code } = await ci({ tests: ["passed", "failed"], failing: "test" });
    expect(lastLine).toBe("9 passed, 1 failed");
    expect(code).toBe(1);
  });

  it("counts one failure where the tests fail without a failed test", async () => {
    const { lastLine, code } = await ci({ tests: ["passed"], failing: "test" });
    expect(lastLine).toBe("9 passed, 1 failed");
    expect(code).toBe(1);
  });

  it("counts one failure where the tests leave no report", async () => {
    const { lastLine, code } = await ci({ failing: "test" });
    expect(lastLine).toBe("8 passed, 1 failed");
    expect(code).toBe(1);
  });

  it("fails on a skipped test", async () => {
    const { lastLine, code } = await ci({ tests: ["passed", "skipped"] });
    expect(lastLine).toBe("9 passed, 1 failed");
    expect(code).toBe(1);
  });

  it("says how many skips were allowed", async () => {
    const allowed = [{ test: "a.test.ts test 1", reason: "needs a licence" }];
    await writeFile(join(folder, ".ci/allowed-skips.json"), JSON.stringify(allowed));
    const { lastLine, code } = await ci({ tests: ["passed", "skipped"] });
    expect(lastLine).toBe("9 passed, 0 failed, 1 skipped");
    expect(code).toBe(0);
  });
});

async function command(name: string): Promise<void> {
  const path = join(folder, "bin", name);
  const script = `#!/usr/bin/env bash
for argument in "$@"; do
  if [[ -n $REPORT && $argument == --outputFile.json=* ]]; then echo "$REPORT" >"\${argument#*=}"; fi
done
if [[ $1 == test ]]; then printf '\\n Real servers\\n   a PostgreSQL: 3 suites\\n\\n'; fi
[[ -z $FAILING || " $* " != *" $FAILING "* ]]
`;
  await writeFile(path, script);
  await chmod(path, 0o755);
}

interface Plan {
  /** The state of each test in vitest's report; no report where it is not given. */
  readonly tests?: readonly string[];
  /** An argument of the step that fails. */
  readonly failing?: string;
}

async function ci({ tests, failing = "" }: Plan) {
  const report = {
    success: true,
    testResults: [
      {
        name: join(folder, "a.test.ts"),
        status: "passed",
        message: "",
        assertionResults: tests?.map((status, index) => ({ fullName: `test ${index}`, status })),
      },
    ],
  };
  const environment = {
    PATH: `${join(folder, "bin")}:${process.env["PATH"] ?? ""}`,
    REPORT: tests === undefined ? "" : JSON.stringify(report),
    FAILING: failing,
  };
  const { stdout, code } = await promisify(execFile)("bash", [join(folder, ".ci/run")], {
    env: environment,
  }).then(
    (output) => ({ ...output, code: 0 }),
    (error: unknown) => error as { stdout: string; code: number },
  );
  return { code, output: stdout, lastLine: stdout.trimEnd().split("\n").at(-1) };
}
