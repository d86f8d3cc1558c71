import pg from "pg";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { openListenSession } from "../../src/registry/feed/listen-session.js";
import { UndeliveredError } from "../../src/registry/feed/pauses.js";
import { registryChannel } from "../../src/registry/feed/payload.js";
import { createPostgresFeed } from "../../src/registry/feed/postgres-feed.js";
import { describeOnServers } from "../support/servers.js";
import { missingPgBouncer, startPgBouncer, type PgBouncer } from "../support/pgbouncer.js";
import { clientsOf, openRegistryFixture, type RegistryFixture } from "./registry-fixture.js";
import { openTcpProxy } from "./tcp-proxy.js";
import { until } from "../support/until.js";

describeOnServers("the registry's feed", (server) => {
  let fixture: RegistryFixture;
  beforeAll(async () => {
    fixture = await openRegistryFixture(server);
  });
  afterAll(() => fixture?.close());

  const failure = (url: string) =>
    openListenSession(
      {
        newClient: clientsOf(url),
        channel: registryChannel,
        pingChannel: "ping",
        pingInterval: 100,
        timeout: 1_500,
      },
      () => undefined,
    ).then(
      () => undefined,
      (error: unknown) => error,
    );

  it("tells a connection on which nothing arrives from one that cannot be had", async () => {
    const deaf = await openTcpProxy(fixture.database.appUrl, { onlyWhileBusy: true });
    expect(await failure(deaf.url)).toBeInstanceOf(UndeliveredError);
    for (const disturb of [deaf.cut, deaf.blackhole]) {
      disturb();
      const error = await failure(deaf.url);
      expect(error).toBeInstanceOf(Error);
      expect(error).not.toBeInstanceOf(UndeliveredError);
    }
    await deaf.close();
  });

  const lacking = missingPgBouncer === undefined ? "" : ` [${missingPgBouncer}]`;
  describe.skipIf(lacking !== "")(`behind PgBouncer in transaction mode${lacking}`, () => {
    let pooler: PgBouncer;
    let neighbour: pg.Client;
    beforeAll(async () => {
      pooler = await startPgBouncer(fixture.database.appUrl, 1);
      neighbour = new pg.Client({ connectionString: pooler.url });
      await neighbour.connect();
    });
    afterAll(async () => {
      await neighbour?.end();
      await pooler?.stop();
    });

    const listening = async () => {
      const { rows } = await neighbour.query<{ channel: string }>(
        "select pg_listening_channels() as channel",
      );
      return rows.map(({ channel }) => channel);
    };

    it("leaves no LISTEN on the connection that others get after it", async () => {
      let attempts = 0;
      const newClient = () => {
        attempts += 1;
        return new pg.Client({ connectionString: pooler.url });
      };
      const feed = createPostgresFeed({
        newClient,
        keys: fixture.keys,
        onEvent: () => undefined,
        timeout: 200,
      });
      const heard = new Set<string>();
      await until(async () => {
        for (const channel of await listening()) heard.add(channel);
        return attempts >= 8;
      });
      await feed.close();
      expect(feed.state).toBe("down");
      // It did listen, and on the same channels each time, so that what might stay cannot pile up.
      expect([...heard].sort()).toEqual([
        expect.stringMatching(/^tenantry_ping_[0-9a-f]{16}$/),
        "tenantry_registry",
      ]);
      await until(async () => (await listening()).length === 0, 3_000);
    });
  });
});
