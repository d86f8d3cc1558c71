import type { Log } from "sarif";
import { describe, expect, it } from "vitest";
import { acceptedBy } from "../../../src/isolation/manifest/accepted.js";
import { manifestSchema } from "../../../src/isolation/manifest/manifest.js";
import type { Finding, Rule } from "../../../src/isolation/report/finding.js";
import { htmlOf } from "../../../src/isolation/report/html.js";
import { fails, sortFindings } from "../../../src/isolation/report/judge.js";
import { jsonOf } from "../../../src/isolation/report/json.js";
import type { Report } from "../../../src/isolation/report/report.js";
import { sarifOf } from "../../../src/isolation/report/sarif.js";
import { textOf } from "../../../src/isolation/report/text.js";

const rule = (id: string, severity: Rule["severity"]): Rule => ({
  id,
  name: `rule-${id.toLowerCase()}`,
  severity,
  title: `Title of ${id}`,
  meaning: `What ${id} means.`,
});
const a1 = rule("A1", "critical");
const d4 = rule("D4", "medium");
const finding = (of: Rule, subject: string, more: Partial<Finding> = {}): Finding => ({
  rule: of,
  subject,
  message: `${subject} is open.`,
  mend: `ALTER TABLE ${subject} …;`,
  ...more,
});

const report: Report = {
  tool: "audit",
  version: "1.2.3",
  startedAt: "2026-01-02T03:04:05.000Z",
  milliseconds: 1500,
  target: [["database", "acme on PostgreSQL 18.4"]],
  assumptions: ["The tenant is held by tenant_id (--tenant-column)."],
  rules: [a1, d4],
  findings: [
    finding(a1, "public.projects"),
    finding(d4, "public.users", { detail: "users_email_key" }),
  ],
  suppressed: [
    { finding: finding(d4, "public.tags"), reason: "one list for all", until: "2027-01-31" },
  ],
  matrices: [
    {
      what: "table",
      columns: ["read", "insert"],
      rows: [
        {
          name: "public.projects",
          kind: "tenant",
          cells: [{ verdict: "open" }, { verdict: "holds" }],
        },
        {
          name: "public.tags",
          kind: "tenant",
          cells: [{ verdict: "holds" }, { verdict: "holds" }],
        },
      ],
    },
  ],
  unproven: ["public.odd: no row could be made."],
  notes: ["Sequences are not rolled back."],
};

describe("a report", () => {
  it("is readable as text, the worst first", () => {
    expect(textOf(report)).toMatchInlineSnapshot(`
      "database: acme on PostgreSQL 18.4

      Assumed:
        - The tenant is held by tenant_id (--tenant-column).

      CRITICAL (1)

        A1  Title of A1
            What A1 means.
          - public.projects is open. [A1:public.projects]
              ALTER TABLE public.projects …;

      MEDIUM (1)

        D4  Title of D4
            What D4 means.
          - public.users is open. [D4:public.users:users_email_key]
              ALTER TABLE public.users …;

      table                    read  insert
      public.projects  tenant  OPEN  ok
      1 of 2 tables hold everywhere

      Not proven:
        - public.odd: no row could be made.

      Suppressed:
        - D4:public.tags: one list for all (until 2027-01-31)

      Notes:
        - Sequences are not rolled back.

      audit: found 1 critical, 1 medium, 1 not proven, 1 suppressed (2 rules, 1.5 s)"
    `);
  });

  it("shows every row of a matrix only when asked for all", () => {
    expect(textOf(report)).not.toContain("public.tags    tenant");
    expect(textOf(report, { full: true })).toMatch(/public\.tags +tenant +ok +ok/);
  });

  it("is JSON with a key for every finding", () => {
    expect(jsonOf(report)).toMatchObject({
      format: 1,
      tool: "audit",
      target: { database: "acme on PostgreSQL 18.4" },
      findings: [
        { key: "A1:public.projects", severity: "critical" },
        { key: "D4:public.users:users_email_key", severity: "medium" },
      ],
      suppressed: [{ key: "D4:public.tags", reason: "one list for all", until: "2027-01-31" }],
    });
  });

  it("is SARIF 2.1.0 with a place, a fingerprint and a rank for each result", () => {
    const log: Log = sarifOf(report, "tenantry.manifest.json");
    const [run] = log.runs;
    expect(run?.tool.driver.rules?.map(({ id }) => id)).toEqual(["A1", "D4"]);
    expect(run?.results?.[1]).toMatchObject({
      ruleId: "D4",
      ruleIndex: 1,
      level: "warning",
      locations: [
        {
          physicalLocation: { artifactLocation: { uri: "tenantry.manifest.json" } },
          logicalLocations: [{ fullyQualifiedName: "public.users" }],
        },
      ],
      partialFingerprints: { "tenantry/v1": "D4:public.users:users_email_key" },
    });
    expect(run?.results?.[2]?.suppressions).toEqual([
      { kind: "external", justification: "one list for all" },
    ]);
  });

  it("is one page of HTML that loads nothing", () => {
    const page = htmlOf(report);
    expect(page).toContain("public.projects is open.");
    expect(page).toContain("public.odd: no row could be made.");
    expect(page).not.toMatch(/<script|src=|<link|@import|url\(/i);
  });

  it("lets no name in the database become HTML", () => {
    const hostile = `public."><img src=x onerror=alert(1)>&'`;
    const page = htmlOf({ ...report, findings: [finding(a1, hostile)], notes: [hostile] });
    expect(page).not.toContain("<img");
    expect(page).toContain("public.&quot;&gt;&lt;img src=x onerror=alert(1)&gt;&amp;&#39;");
  });
});

describe("suppressions", () => {
  const found = [
    finding(d4, "public.users", { detail: "users_email_key" }),
    finding(a1, "public.tags"),
  ];
  const key = "D4:public.users:users_email_key";
  const rules = [a1, d4];

  it("take out what they name, with their reason, and leave the rest", () => {
    const sorted = sortFindings(found, [{ key, reason: "global sign-in" }], rules, "2026-01-01");
    expect(sorted.findings.map(({ subject }) => subject)).toEqual(["public.tags"]);
    expect(sorted.suppressed).toMatchObject([{ reason: "global sign-in" }]);
    expect(sorted.notes).toEqual([]);
  });

  it("cover all that begins alike where they end in a star", () => {
    const sorted = sortFindings(found, [{ key: "D4:*", reason: "later" }], rules, "2026-01-01");
    expect(sorted.findings).toHaveLength(1);
  });

  it("hold on their last day and not on the next", () => {
    const until = "2026-05-01";
    const on = (day: string) => sortFindings(found, [{ key, reason: "later", until }], rules, day);
    expect(on("2026-05-01").findings).toHaveLength(1);
    expect(on("2026-05-02").findings).toHaveLength(2);
    expect(on("2026-05-02").notes).toEqual([`The suppression of ${key} ended on ${until}.`]);
  });

  it("that fit nothing are named, so that they do not pile up", () => {
    const { notes } = sortFindings(
      found,
      [{ key: "A1:public.gone", reason: "x" }],
      rules,
      "2026-01-01",
    );
    expect(notes.join()).toContain("A1:public.gone fits nothing any more");
  });

  it("of another tool's findings are left to that tool", () => {
    const { notes } = sortFindings(found, [{ key: "P1:GET /x", reason: "x" }], rules, "2026-01-01");
    expect(notes).toEqual([]);
  });

  it("follow from what the manifest says of a table", () => {
    const manifest = manifestSchema.parse({
      version: 1,
      tables: {
        "public.users": { class: "tenant", keepUnique: ["users_email_key", "users_gone_key"] },
      },
    });
    const sorted = sortFindings(found, acceptedBy(manifest), rules, "2026-01-01");
    expect(sorted.findings.map(({ rule: { id } }) => id)).toEqual(["A1"]);
    expect(sorted.notes).toEqual([]);
  });

  it("do not make a worse finding pass a bound", () => {
    const sorted = sortFindings(found, [{ key, reason: "x" }], rules, "2026-01-01");
    expect(fails(sorted, "critical")).toBe(true);
    expect(fails({ findings: [found[0]!] }, "high")).toBe(false);
    expect(fails({ findings: [found[0]!] }, "medium")).toBe(true);
  });
});
