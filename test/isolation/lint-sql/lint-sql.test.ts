import { readFileSync } from "node:fs";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { lintMigrations, type LintOptions } from "../../../src/isolation/lint-sql/lint.js";
import { lintRules } from "../../../src/isolation/lint-sql/rules/index.js";
import { splitSql } from "../../../src/isolation/lint-sql/source/split.js";
import { parseSql } from "../../../src/isolation/sql/parse.js";
import { cases, helpers, sound, soundPolicies } from "./cases.js";

function lint(texts: readonly string[], options: Partial<LintOptions> = {}) {
  const files = texts.map((text, index) => ({ name: `00${index + 1}.sql`, text }));
  return lintMigrations({ files, undoing: [] }, options);
}

const namesIn = (texts: readonly string[], options?: Partial<LintOptions>) =>
  lint(texts, options).findings.map(({ rule }) => rule.name);

describe("lint-sql", () => {
  it("finds nothing in a sound table", () => {
    expect(lint([sound]).findings).toEqual([]);
  });

  it.each(cases.map((each, index) => [index, each.rule, each] as const))(
    "case %i: finds %s until a later file mends it",
    (_index, rule, { gap, mend, whole }) => {
      expect(namesIn([sound, gap])).toContain(rule);
      expect(namesIn(whole === true ? [sound, mend] : [sound, gap, mend])).not.toContain(rule);
    },
  );

  it.each(soundPolicies)("finds nothing in a policy %s", (policy) => {
    const text = `drop policy tenant on projects; create policy p on projects ${policy};`;
    for (const options of [{}, { setting: "app.tenant" }]) {
      const found = lint([sound, helpers, text], options).findings;
      expect(found.map(({ message }) => message)).toEqual([]);
    }
  });

  it("reads a policy of a table that earlier migrations made", () => {
    const manifest = {
      version: 1 as const,
      suppressions: [],
      tables: { "public.old": { class: "tenant" as const } },
    };
    const bound = "create policy p on old using (tenant_id = current_setting('app.tenant')::uuid);";
    expect(namesIn([bound], { manifest })).toEqual([]);
    const open = "create policy p on old using (archived or true);";
    expect(namesIn([open], { manifest })).toEqual(["policy-always-true"]);
  });

  it("has a case for every rule", () => {
    const tried = new Set(cases.map(({ rule }) => rule));
    const others = ["tenant-column-missing", "policy-reads-other-setting"];
    expect(lintRules.map(({ name }) => name).filter((name) => !tried.has(name))).toEqual(others);
    expect(new Set(lintRules.map(({ id }) => id)).size).toBe(lintRules.length);
  });

  it("asks the manifest which tables and columns are tenants'", () => {
    const manifest = {
      version: 1 as const,
      tenantColumn: "organizationId",
      setting: "app.org",
      appRoles: ["web"],
      suppressions: [],
      tables: { "public.Project": { class: "tenant" as const } },
    };
    const text = 'create table "Project" (id text primary key);';
    expect(namesIn([text], { manifest })).toEqual(["row-security-off", "tenant-column-missing"]);
    const wrong = `alter table "Project" add "organizationId" text not null; create policy p on "Project" using ("organizationId" = current_setting('app.tenant'));`;
    expect(namesIn([text, wrong], { manifest })).toContain("policy-reads-other-setting");
    expect(namesIn(['grant all on "Project" to backup;'], { manifest })).toEqual([]);
    expect(namesIn(['grant ops to web; grant all on "Project" to ops;'], { manifest })).toContain(
      "grant-too-much",
    );
  });

  it("says the line of the statement, behind comments and rows of COPY", () => {
    const text =
      "-- é\n/* a; /* b */ ; */\ncopy t from stdin;\n1;\t'\n\\.\n\ncreate view v as\n  select * from projects;\n";
    const [found] = lint([sound, text]).findings;
    expect(found).toMatchObject({
      rule: { name: "view-without-security-invoker" },
      place: { file: "002.sql", line: 7 },
    });
  });

  it("ignores what a comment names, with its reason, and nothing else", () => {
    const ignore = "-- tenantry-lint-ignore unique-without-tenant: codes are public\n";
    const text = "create unique index u on projects (name);";
    const report = lint([sound, `${ignore}${text}`]);
    expect(report.findings).toEqual([]);
    expect(report.suppressed).toMatchObject([{ reason: "codes are public" }]);
    expect(namesIn([sound, `${ignore}select 1;\n${text}`])).toEqual(["unique-without-tenant"]);
    expect(namesIn([sound, `-- tenantry-lint-ignore nonsense: x\n${text}`])).toContain(
      "ignore-comment-invalid",
    );
  });

  it("counts what could not be read as not proven", () => {
    const { unproven, matrices } = lint([
      sound,
      "alter tabel projects disable row level security;",
    ]);
    expect(unproven).toHaveLength(1);
    expect(matrices[0]?.rows[0]?.cells[0]).toMatchObject({ verdict: "unproven" });
  });

  it("does not crash, whatever it is given", () => {
    const word = fc.constantFrom(
      ...cases.flatMap(({ gap, mend }) => `${gap} ${mend}`.split(/(?<= )/)),
      "$$",
      "'",
      '"',
      ";",
      "\\",
      "--",
      "/*",
      "*/",
      "\n",
      "(",
      ")",
      "é",
      "\0",
      "E'",
      "begin atomic",
      "end",
      "copy t from stdin;\n",
    );
    const texts = fc.oneof(
      fc.string({ unit: "binary" }),
      fc.array(word, { maxLength: 40 }).map((words) => words.join("")),
    );
    fc.assert(
      fc.property(texts, (text) => void lint([sound, text])),
      { numRuns: 500 },
    );
  });

  it("cuts files where PostgreSQL's parser does", () => {
    const names = [
      "000002_registry",
      "000003_sealed_scope",
      "000005_manifest_and_protect",
      "000006_identity",
    ];
    for (const name of names) {
      const text = readFileSync(
        new URL(`../../../migrations/${name}.sql`, import.meta.url),
        "utf8",
      );
      const parsed = parseSql(text);
      const whole =
        "statements" in parsed ? parsed.statements.map(({ node }) => Object.keys(node)[0]) : [];
      const pieces = splitSql(text).pieces.map((piece) => {
        const one = parseSql(piece.text);
        return "statements" in one ? Object.keys(one.statements[0]!.node)[0] : one.problem;
      });
      expect(pieces).toEqual(whole);
      expect(whole.length).toBeGreaterThan(10);
    }
  });
});
