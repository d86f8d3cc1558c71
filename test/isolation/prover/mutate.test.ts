import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import type { MutateOptions } from "../../../src/isolation/prover/mutate/mutation.js";
import { prove } from "../../../src/isolation/prover/prove.js";
import { keyOf } from "../../../src/isolation/report/finding.js";
import { fails } from "../../../src/isolation/report/judge.js";
import type { Report } from "../../../src/isolation/report/report.js";
import { asAdmin, type TestDatabase } from "../../support/databases.js";
import { embeddedServer } from "../../support/servers.js";
import { createSoundDatabase } from "./support/sound.js";

// Some eighty guards are broken one after the other; a busy machine takes its time.
// One server is enough: what the mutants plant, the other tests of the prover plant on both.
vi.setConfig({ testTimeout: 240_000 });

describe("tenantry prove --mutate", () => {
  let database: TestDatabase;
  beforeAll(async () => {
    database = await createSoundDatabase(embeddedServer());
    await asAdmin(database.ownerUrl, (owner) =>
      owner.query(
        "create table ledger (id integer primary key, entry text); select tenantry.restrict('ledger', 'the house''s own')",
      ),
    );
  });
  afterAll(() => database.drop());

  const mutate = (options: MutateOptions) =>
    prove(database.adminUrl, {
      appRoles: ["tenantry_test_app"],
      root: "tenantry.tenant",
      only: "public.*",
      mutate: options,
    });

  it("notices every guard that is broken, and leaves nothing of it", async () => {
    const before = await stateOf(database);
    const report = await mutate({ seconds: 200 });
    const ofMutants = report.unproven.filter((each) => each.startsWith("--mutate"));
    expect({ findings: report.findings.map(({ message }) => message), ofMutants }).toEqual({
      findings: [],
      ofMutants: [],
    });
    const count = killedIn(report).length;
    expect(count).toBeGreaterThanOrEqual(50);
    expect(report.notes).toContain(`Guards broken on purpose: killed ${count} of ${count}.`);
    expect(report.notes.filter((each) => each.startsWith("Mutants that fit nothing"))).toEqual([]);
    expect(await stateOf(database)).toEqual(before);
  });

  it("names what a prover that hears nothing of one attack lets live", async () => {
    const names = ["truncate-granted", "select-true", "owners-view"];
    const report = await mutate({ names, deafTo: ["excess-privilege"] });
    expect(report.findings.map(keyOf)).toEqual(["survivor:public.tasks:truncate-granted"]);
    expect(fails(report, "high")).toBe(true);
    expect(killedIn(report)).toEqual(["select-true", "owners-view"]);
    expect(report.notes).toContain("Guards broken on purpose: killed 2 of 3.");
  });

  it("begins no further guard when the time is over, and says so", async () => {
    const report = await mutate({ seconds: 0, names: ["row-security-off"] });
    expect(killedIn(report)).toEqual([]);
    expect(report.unproven).toContain("--mutate row-security-off: 0 seconds were over.");
  });
});

function killedIn({ matrices }: Report): readonly string[] {
  const matrix = matrices.find(({ what }) => what === "guard broken on purpose");
  return (matrix?.rows ?? []).flatMap(({ name, cells }) =>
    cells[0]!.verdict === "holds" ? [name] : [],
  );
}

/** Everything that a mutant touches, as the catalogs hold it. */
function stateOf({ adminUrl }: TestDatabase): Promise<unknown> {
  return asAdmin(adminUrl, async (admin) => {
    const { rows } = await admin.query<Record<string, string>>(
      `select
         (select string_agg(concat_ws(' ', c.oid::regclass, relowner, relacl, relrowsecurity, relforcerowsecurity, reloptions), e'\\n' order by c.oid)
            from pg_class c where relnamespace = 'public'::regnamespace) as relations,
         (select string_agg(concat_ws(' ', polrelid::regclass, polname, pg_get_expr(polqual, polrelid), pg_get_expr(polwithcheck, polrelid)), e'\\n' order by oid)
            from pg_policy) as policies,
         (select string_agg(concat_ws(' ', conrelid::regclass, conname, pg_get_constraintdef(oid)), e'\\n' order by oid)
            from pg_constraint where connamespace = 'public'::regnamespace) as constraints,
         (select count(*)::text from pg_roles where rolname like 'tenantry_mutant%') as roles,
         (select count(*)::text from pg_proc where proname like 'tenantry_mutant%') as functions,
         (select count(*)::text from pg_trigger where not tgisinternal) as triggers,
         (select concat_ws(' ', rolsuper, rolbypassrls, rolinherit) from pg_roles where rolname = 'tenantry_test_app') as role,
         (select count(*)::text from pg_auth_members m where member = 'tenantry_test_app'::regrole) as memberships`,
    );
    return rows[0];
  });
}
