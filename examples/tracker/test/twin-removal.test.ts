import { expect, it } from "vitest";
import { asAdmin, createTestDatabase } from "../../../test/support/databases.js";
import { describeOnServers } from "../../../test/support/servers.js";
import { startTracker } from "../src/tracker.js";

describeOnServers("starting again", (server) => {
  it("keeps what people changed, and takes the demo's twin away where the demo is off", async () => {
    const database = await createTestDatabase(server);
    const start = (injectableSearch: boolean) =>
      startTracker({
        port: 0,
        injectableSearch,
        database: {
          url: database.appUrl,
          operatorUrl: database.operatorUrl,
          identityUrl: database.identityUrl,
          migrationUrl: database.migratorUrl,
          secret: database.secret,
        },
        onEvent: () => undefined,
        onLetter: () => undefined,
      });
    const look = () =>
      asAdmin(database.adminUrl, async (admin) => {
        const { rows } = await admin.query(
          `select (select count(*)::int from projects) as projects,
            (select count(*)::int from documents) as documents,
            (select count(*)::int from invoices) as invoices,
            (select count(*)::int from tenantry.tenant where status = 'suspended') as suspended,
            (select count(*)::int from pg_roles where rolname ~ '^tracker_usual_way_'
              and has_schema_privilege(rolname, to_regnamespace('usual_way')::oid, 'USAGE')) as logins,
            (select count(*)::int from tenantry.manifest) as classified`,
        );
        return rows[0] as Record<string, number>;
      });
    try {
      const first = await start(true);
      const initech = first.tenantIds.get("initech")!;
      await first.tenantry.tenants.reactivate(initech);
      await first.tenantry.enter("acme", { reason: "test" }, () =>
        first.tenantry.db.query("delete from projects where id = 1"),
      );
      await first.close();
      const before = await look();
      expect(before).toMatchObject({ suspended: 0, logins: 1 });

      const second = await start(true);
      await second.close();
      expect(await look()).toEqual(before);

      const third = await start(false);
      await third.close();
      expect(await look()).toEqual({ ...before, logins: 0, classified: before["classified"]! - 1 });
    } finally {
      await database.drop();
    }
  });
});
