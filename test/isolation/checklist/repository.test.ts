import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { expect, it, onTestFinished } from "vitest";
import { run } from "../../../src/cli/run.js";
import { checklist } from "../../../src/isolation/checklist/checklist.js";
import { answersIn, found } from "./support.js";

function folderOf(files: Readonly<Record<string, string>>): string {
  const folder = mkdtempSync(join(tmpdir(), "tenantry-checklist-"));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), text);
  }
  return folder;
}

const ask = (files: Readonly<Record<string, string>>) => checklist({ repository: folderOf(files) });

const imported = 'import { proveIsolation } from "tenantry/testing";\n';
const test = `${imported}it("keeps tenants apart", async () => {\n  await proveIsolation({ pool });\n});\n`;

it.each([
  ["a test", { "test/isolation.test.ts": test }, "test/isolation.test.ts:3 calls proveIsolation()"],
  [
    "a job",
    {
      ".github/workflows/ci.yml":
        "jobs:\n  a:\n    steps:\n      - run: npx tenantry prove --mutate\n",
    },
    ".github/workflows/ci.yml runs tenantry prove",
  ],
  [
    "a job of GitLab's",
    {
      ".gitlab-ci.yml":
        "isolation:\n  script:\n    - npm ci\n    - npx tenantry@1 probe --as a.json\n",
    },
    ".gitlab-ci.yml runs tenantry probe",
  ],
  [
    "a shell script",
    { "scripts/check.sh": "set -e\nnpx tenantry prove # really\n" },
    "scripts/check.sh runs tenantry prove",
  ],
  [
    "a script",
    { "package.json": '{"scripts":{"isolation":"tenantry probe --as a.json"}}' },
    "the script isolation runs tenantry probe",
  ],
])("finds %s that tries to cross, and says where", async (_, files, said) => {
  const answer = answersIn(await ask(files)).get("K8")!;
  expect(answer).toMatchObject({
    verdict: "holds",
    evidence: expect.stringContaining(said) as string,
  });
});

it.each<[string, Record<string, string>]>([
  ["nothing", {}],
  ["a call in a comment", { "a.test.ts": `${imported}// proveIsolation({ pool })\n` }],
  ["a call in a text", { "a.test.ts": `${imported}it("proveIsolation()", () => {});\n` }],
  ["an import in a comment", { "a.test.ts": `// ${imported}await proveIsolation({ pool });\n` }],
  ["a function of the same name", { "a.test.ts": "await proveIsolation({ pool });\n" }],
  ["a skipped test", { "a.test.ts": test.replace("it(", "it.skip(") }],
  ["a file that is no test", { "src/prove.ts": test }],
  [
    "a step that is only called so",
    { ".github/workflows/a.yml": "jobs:\n  a:\n    name: tenantry prove\n" },
  ],
  [
    "a command in a comment",
    { ".github/workflows/a.yml": "jobs:\n  a:\n    run: |\n      # tenantry prove\n      true\n" },
  ],
  ["what is installed", { "node_modules/x/a.test.ts": test }],
])("is not taken in by %s", async (_, files) => {
  const report = await ask(files);
  expect(answersIn(report).get("K8")!.verdict).toBe("open");
  expect(found(report, "K8")).toHaveLength(1);
});

it("does not take a title for a proof", async () => {
  const answer = answersIn(
    await ask({ "a.test.ts": 'it("hides projects of another tenant", () => {});\n' }),
  ).get("K8")!;
  expect(answer.verdict).toBe("unproven");
  expect(answer.evidence).toContain('a.test.ts:1 "hides projects of another tenant"');
});

it("asks for Redis and jobs only where the packages name a client of one", async () => {
  const none = answersIn(await ask({ "package.json": '{"dependencies":{"express":"5.0.0"}}' }));
  for (const id of ["K9", "K10"]) expect(none.get(id)!.verdict).toBe("not applicable");
  const silent = answersIn(await ask({ "package.json": '{"name":"a"}' }));
  for (const id of ["K9", "K10"]) expect(silent.get(id)!.verdict).toBe("unproven");
  const both = answersIn(
    await ask({ "apps/web/package.json": '{"dependencies":{"ioredis":"5.0.0","bullmq":"5.0.0"}}' }),
  );
  for (const id of ["K9", "K10"]) {
    expect(both.get(id)).toMatchObject({
      verdict: "unproven",
      evidence: expect.stringContaining("--redis-url") as string,
    });
  }
});

it("proves nothing of what it was not given, and names the option of each", async () => {
  const report = await checklist({});
  expect([...answersIn(report)].map(([id, { verdict }]) => `${id} ${verdict}`)).toEqual(
    Array.from({ length: 12 }, (_, at) => `K${at + 1} unproven`),
  );
  for (const sentence of report.unproven) expect(sentence).toMatch(/give --[a-z]+/);
});

async function command(...args: readonly string[]) {
  const said = { out: "", err: "" };
  const code = await run(["checklist", ...args], {
    env: {},
    out: (text) => (said.out += text),
    err: (text) => (said.err += text),
  });
  return { code, ...said };
}

it("ends with 1 for what is open or not proven, and with 0 where that is allowed", async () => {
  const sound = folderOf({ "a.test.ts": test });
  const open = folderOf({});
  const page = join(sound, "report.html");
  expect(await command("--repository", sound, "--html", page)).toMatchObject({ code: 1 });
  expect(readFileSync(page, "utf8")).toMatch(/K8 Is there .*<td>1 test files, .*a\.test\.ts:3/);
  const allowed = await command("--repository", sound, "--allow-unproven");
  expect(allowed.code).toBe(0);
  expect(allowed.out).toMatch(/^ok {4}K8 Is there a test/m);
  expect(allowed.out).toMatch(/a\.test\.ts:3 calls\s+proveIsolation\(\)/);
  expect(await command("--repository", open, "--allow-unproven")).toMatchObject({ code: 1 });
});

it("asks the items that are named, and no other", async () => {
  expect([...answersIn(await checklist({ only: ["K8", "K2"] })).keys()]).toEqual(["K2", "K8"]);
});

it.each([
  [["--only", "K13"], "There are: K1, K2"],
  [["--repository", "/nowhere/at-all"], "--repository"],
  [["--base-url", "http://127.0.0.1:1", "--host", "acme.localhost"], "gave no answer"],
  [["--base-url", "http://192.0.2.1", "--host", "acme.test"], "--i-own-this-target"],
  [["--base-url", "http://127.0.0.1:1", "--route", "things"], "--route"],
  [["--database-url", "postgres://127.0.0.1:1/x"], "could not be reached"],
])("ends with 2 for %j, and says the mend", async (args, mend) => {
  const { code, out, err } = await command(...args);
  expect([code, out]).toEqual([2, ""]);
  expect(err).toContain(mend);
});
