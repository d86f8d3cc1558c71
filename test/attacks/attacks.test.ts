import { readdirSync } from "node:fs";
import pg from "pg";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { describeOnServers } from "../support/servers.js";
import { createArena, type Arena } from "./support/arena.js";
import type { Attack } from "./support/attack.js";
import { fire } from "./support/fire.js";
import type { TargetKind } from "./support/targets.js";

/** Every file of this folder that is no test is one way to leak. */
const files = readdirSync(import.meta.dirname).filter((name) => /^[a-z-]+\.ts$/.test(name));
const attacks = await Promise.all(
  files.map(async (name) => ((await import(`./${name}`)) as { attack: Attack }).attack),
);

describeOnServers("an attack as tenant A", (server) => {
  let arena: Arena;
  let app: pg.Client;

  beforeAll(async () => {
    arena = await createArena(server);
    app = new pg.Client(arena.database.appUrl);
    await app.connect();
    // What A could read of B if large objects were reached: made by the app role, as B's code would.
    await app.query("select lo_from_bytea(0, convert_to('b-canary', 'UTF8'))");
  });
  afterAll(async () => {
    await app?.end();
    await arena?.close();
  });

  /** A test that A is really there: its own rows are to be seen the same way. */
  async function expectToBeA(kind: TargetKind): Promise<void> {
    const { looksAround } = await import("./support/control.js");
    expect(await looksAround(kind, arena, app)).toEqual([{ n: 3 }]);
  }

  describe.each(attacks.map((attack) => [attack.title, attack] as const))("%s:", (_, attack) => {
    it.each(["tenantry.db", "a transaction of tenantry.db"] as const)(
      "fails through %s",
      async (kind) => {
        await expectToBeA(kind);
        expect(await fire(attack, kind, arena, app)).toMatchObject({ leaked: false });
        await expectToBeA(kind);
      },
    );

    if (attack.onlyThroughTenantry === undefined) {
      it("fails straight at PostgreSQL, with A's genuine seal", async () => {
        const kind = "PostgreSQL, with A's genuine seal";
        await expectToBeA(kind);
        expect(await fire(attack, kind, arena, app)).toMatchObject({ leaked: false });
        await expectToBeA(kind);
      });
    }

    if (attack.notOnTheTwin === undefined) {
      it("succeeds on the twin, whose policies trust a plain setting", async () => {
        expect(await fire(attack, "the twin", arena, app)).toMatchObject({ leaked: true });
      });
    }
  });
});
