import { randomBytes } from "node:crypto";
import { afterAll, beforeAll, expect, it, vi } from "vitest";
import { prove } from "../../../src/isolation/prover/prove.js";
import type { ProveOptions } from "../../../src/isolation/prover/options.js";
import { keyOf } from "../../../src/isolation/report/finding.js";
import { asAdmin, createEmptyDatabase, type TestDatabase } from "../../support/databases.js";
import { describeOnEmbedded } from "../../support/servers.js";
import { forRole, membershipSchema, settingSchema } from "./support/others.js";

vi.setConfig({ testTimeout: 120_000, hookTimeout: 120_000 });
const app = `tenantry_prv_app_${randomBytes(4).toString("hex")}`;

describeOnEmbedded("tenantry prove, on other people's schemas", (server) => {
  let databases: Readonly<Record<"membership" | "setting", TestDatabase>>;
  beforeAll(async () => {
    databases = {
      membership: await createEmptyDatabase(server),
      setting: await createEmptyDatabase(server),
    };
    await asAdmin(server.adminUrl, (admin) => admin.query(`create role ${app}`));
    await asAdmin(databases.membership.adminUrl, (admin) =>
      admin.query(forRole(membershipSchema, app)),
    );
    await asAdmin(databases.setting.adminUrl, (admin) => admin.query(forRole(settingSchema, app)));
  });
  afterAll(async () => {
    for (const database of Object.values(databases)) await database.drop();
    await asAdmin(server.adminUrl, (admin) => admin.query(`drop role ${app}`));
  });
  const proveIt = (which: keyof typeof databases, options: ProveOptions = {}) =>
    prove(databases[which].adminUrl, { appRoles: [app], ...options });

  it.each(["membership", "setting"] as const)("%s", async (which) => {
    const report = await proveIt(which, {
      root: which === "membership" ? "teams" : "customers",
      ...(which === "setting" ? { settings: ["app.tenant_id"] } : {}),
      mutate: {},
    });
    console.log(
      report.milliseconds,
      report.findings.map((f) => keyOf(f) + " " + f.message.slice(0, 300)),
      report.unproven,
      report.notes,
      report.assumptions,
    );
    console.log(
      report.matrices
        .map((m) => [
          m.what,
          m.rows.map(
            (r) =>
              r.name +
              ": " +
              r.cells
                .map((c) => c.verdict + (c.note ? `(${c.note.slice(0, 80)})` : ""))
                .join(" | "),
          ),
        ])
        .flat(2)
        .join("\n"),
    );
    expect(1).toBe(1);
  });
});
