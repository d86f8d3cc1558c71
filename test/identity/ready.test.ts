import { afterAll, beforeAll, expect, it } from "vitest";
import { createIdentity, createOutbox } from "tenantry/identity";
import { describeOnServers } from "../support/servers.js";
import { openIdentitySite, siteOptions, type IdentitySite } from "./support/identity-site.js";

describeOnServers("identity's check at start-up", (server) => {
  let site: IdentitySite;
  beforeAll(async () => {
    site = await openIdentitySite(server);
  });
  afterAll(() => site?.close());

  async function problemsOf(database: string): Promise<string> {
    const outbox = createOutbox({ print: () => undefined });
    const { tenants } = site.tenantry;
    const made = { tenants, test: site.test, outbox, onEvent: () => undefined };
    const identity = createIdentity({ ...siteOptions(made), database });
    try {
      await identity.ready();
      return "";
    } catch (error) {
      expect(error).toMatchObject({ code: "DATABASE_UNSAFE" });
      return (error as Error).message;
    } finally {
      await identity.close();
    }
  }

  it("is content with a login of its own role alone", async () => {
    expect(await problemsOf(site.test.identityUrl)).toBe("");
  });

  it("refuses the application's login, and a superuser's", async () => {
    const asApp = await problemsOf(site.test.appUrl);
    expect(asApp).toContain("is not a member of tenantry_identity");
    expect(asApp).toContain("is a member of tenantry_app: revoke");
    expect(await problemsOf(site.test.adminUrl)).toContain("only a member of tenantry_identity");
  });
});
