import { createTenantry, fromAccessToken, fromHost, type EventSink, type Tenantry } from "tenantry";
import { centralRoutes, createApp, type Demo } from "./app.js";
import { expiredSeals } from "./demo/expired-seal.js";
import { openTokenIssuer, type TokenIssuer } from "./demo/tokens.js";
import { openUsualWay } from "./demo/usual-way.js";
import { removeUsualWay, setUpUsualWay } from "./demo/usual-way-setup.js";
import { listenOnLoopback } from "./listen.js";
import { migrateTracker } from "./migrate.js";
import { seed } from "./seed/seed.js";
import type { DatabaseSettings, Settings } from "./settings.js";

export interface TrackerOptions extends Omit<Settings, "database"> {
  readonly database: DatabaseSettings;
  /** Default: one JSON line each on stderr. */
  readonly onEvent?: EventSink;
}

/** The running service. */
export interface Tracker {
  readonly port: number;
  readonly tenantry: Tenantry;
  readonly tokens: TokenIssuer;
  /** By slug. */
  readonly tenantIds: ReadonlyMap<string, string>;
  /** Stops serving, then closes every connection. Idempotent. */
  close(): Promise<void>;
}

/** Brings the database up to date, fills in the demo's rows, checks all, and only then listens. */
export async function startTracker(options: TrackerOptions): Promise<Tracker> {
  const { database, directory, port, onEvent } = options;
  const tokens = await openTokenIssuer(directory);
  await migrateTracker(database.migrationUrl);
  const tenantry = createTenantry({
    database: { url: database.url, queryTimeout: 10_000 },
    operatorDatabase: database.operatorUrl,
    secret: database.secret,
    resolve: [fromHost({ baseDomain: "localhost" }), fromAccessToken(tokens)],
    central: centralRoutes,
    ...(onEvent === undefined ? {} : { onEvent }),
  });
  const closing: (() => Promise<void>)[] = [() => tenantry.close()];
  const close = once(async () => {
    for (const step of closing.reverse()) await step();
  });
  try {
    const tenantIds = await seed(tenantry);
    const demo = options.injectableSearch
      ? await openDemo({ tenantry, tokens, tenantIds, database })
      : await removeUsualWay(database).then(() => null);
    if (demo?.usualWay) closing.push(() => demo.usualWay!.close());
    await tenantry.ready();
    const server = await listenOnLoopback(createApp(tenantry, demo), port);
    closing.push(() => server.close());
    return { port: server.port, tenantry, tokens, tenantIds, close };
  } catch (error) {
    await close();
    throw error;
  }
}

interface DemoNeeds {
  readonly tenantry: Tenantry;
  readonly tokens: TokenIssuer;
  readonly tenantIds: ReadonlyMap<string, string>;
  readonly database: DatabaseSettings;
}

async function openDemo({ tenantry, tokens, tenantIds, database }: DemoNeeds): Promise<Demo> {
  const url = await setUpUsualWay(tenantry, database);
  return {
    arsenal: {
      tenantIds,
      tokens,
      expiredSeal: expiredSeals(tenantry, database),
      usualWay: url !== null,
    },
    usualWay: url === null ? null : openUsualWay(tenantry, url),
  };
}

function once(work: () => Promise<void>): () => Promise<void> {
  let done: Promise<void> | undefined;
  return () => (done ??= work());
}
