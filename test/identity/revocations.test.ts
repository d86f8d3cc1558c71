import { afterAll, afterEach, beforeAll, expect, it } from "vitest";
import { newUuid } from "../../src/core/uuid.js";
import { describeOnServers } from "../support/servers.js";
import { until } from "../support/until.js";
import { openAuthorityStage, type AuthorityStage } from "./support/authority-stage.js";
import { caller } from "./support/identity-fixture.js";

const hour = 3_600_000;
const inAnHour = () => new Date(Date.now() + hour);

describeOnServers("revocations of access tokens", (server) => {
  let stage: AuthorityStage;
  beforeAll(async () => {
    stage = await openAuthorityStage(server);
  });
  afterAll(() => stage?.close());
  afterEach(() => stage.closeInstances());

  it("are written down with the change, in the tenant", async () => {
    const { authority } = await stage.instance();
    const { fixture, by } = stage;
    const { tokenId } = await stage.member();
    await authority.denyToken(fixture.globex.id, tokenId, inAnHour(), "a lost phone", caller);
    const version = await authority.raiseTenantVersion(fixture.globex, "a leak", by);
    const rows = await fixture.admin(
      "select type, outcome, reason, address, account_id, detail from tenantry.identity_event where tenant_id = $1 order by id",
      [fixture.globex.id],
    );
    const rest = { outcome: "done", address: caller.address };
    expect(rows).toEqual([
      {
        ...rest,
        type: "token.denied",
        reason: "a lost phone",
        account_id: null,
        detail: { tokenId },
      },
      {
        ...rest,
        type: "tenant.version-raised",
        reason: "a leak",
        account_id: by.accountId,
        detail: { version },
      },
    ]);
  });

  it("are of the tenant's own tokens alone", async () => {
    const [instance, other] = [await stage.instance(), await stage.instance()];
    const { globex, acme } = stage.fixture;
    const claims = await stage.member();
    await instance.authority.denyToken(globex.id, claims.tokenId, inAnHour(), "not mine", caller);
    await instance.authority.raiseTenantVersion(globex, "a test", stage.by);
    await until(() => other.changes.length >= 2);
    expect([await instance.verdict(claims), await other.verdict(claims)]).toEqual([
      "current",
      "current",
    ]);
    await instance.authority.denyToken(acme.id, claims.tokenId, inAnHour(), "mine", caller);
    await until(async () => (await other.verdict(claims)) === "TOKEN_STALE");
  });

  it("refuse what cannot be", async () => {
    const { authority } = await stage.instance();
    const { acme } = stage.fixture;
    const id = newUuid();
    const soon = inAnHour();
    for (const work of [
      () => authority.denyToken(acme.id, "x", soon, "lost", caller),
      () => authority.denyToken("x", id, soon, "lost", caller),
      () => authority.denyToken(acme.id, id, new Date(NaN), "lost", caller),
      () => authority.denyToken(acme.id, id, new Date(Date.now() + 2 * hour), "lost", caller),
      () => authority.denyToken(acme.id, id, soon, "", caller),
      () => authority.denyToken(acme.id, id, soon, "two\nlines", caller),
      () => authority.raiseTenantVersion({ id: "x" }, "why", stage.by),
      () => authority.raiseTenantVersion(acme, "x".repeat(201), stage.by),
    ]) {
      await expect(work()).rejects.toMatchObject({ code: "CONFIG_INVALID" });
    }
    await expect(authority.denyToken(newUuid(), id, soon, "lost", caller)).rejects.toMatchObject({
      code: "TENANT_NOT_FOUND",
    });
  });

  it("take expired ones away, and leave what is still good for something", async () => {
    const { authority } = await stage.instance();
    const { fixture } = stage;
    const [long, lately, mine] = [newUuid(), newUuid(), newUuid()];
    await fixture.admin(
      `insert into tenantry.denied_token (tenant_id, token_id, expires_at)
       select $1, x.id::uuid, now() - x.age::interval from (values ($2, '1 hour'), ($3, '1 minute'), ($4, '1 hour')) x (id, age)`,
      [fixture.globex.id, long, lately, mine],
    );
    await authority.denyToken(fixture.globex.id, mine, inAnHour(), "again", caller);
    const rows = await fixture.admin<{ id: string; live: boolean }>(
      "select token_id as id, expires_at > now() as live from tenantry.denied_token where token_id = any($1) order by 2",
      [[long, lately, mine]],
    );
    expect(rows).toEqual([
      { id: lately, live: false },
      { id: mine, live: true },
    ]);
  });

  it("cannot be made, read or announced by the application's own role", async () => {
    const { fixture } = stage;
    for (const text of [
      "select * from tenantry.denied_token",
      `insert into tenantry.denied_token (tenant_id, token_id, expires_at) values ('${newUuid()}', '${newUuid()}', now())`,
      "update tenantry.tenant_authority set version = 0",
      "select tenantry.announce('tenantry_authority', 'denied', 'x', 'denied:')",
    ]) {
      const work = fixture.tenantry.enter(fixture.acme, { reason: "a test" }, () =>
        fixture.tenantry.db.query(text),
      );
      await expect(work).rejects.toMatchObject({ code: "42501" });
    }
  });
});
