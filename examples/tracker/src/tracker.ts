import { createTenantry, fromHost, type EventSink, type Tenantry } from "tenantry";
import { createOutbox, type Outbox } from "tenantry/identity";
import { centralRoutes, createApp, type Demo } from "./app.js";
import { expiredSeals } from "./demo/expired-seal.js";
import { openDemoTokens, type DemoTokens } from "./demo/tokens.js";
import { openUsualWay } from "./demo/usual-way.js";
import { removeUsualWay, setUpUsualWay } from "./demo/usual-way-setup.js";
import { hosts, openIdentity, type TrackerIdentity } from "./identity/open-identity.js";
import { listenOnLoopback } from "./listen.js";
import { migrateTracker } from "./migrate.js";
import { seedAccounts } from "./seed/seed-accounts.js";
import { seed } from "./seed/seed.js";
import type { DatabaseSettings, Settings } from "./settings.js";
import { untilReady } from "./until-ready.js";

export interface TrackerOptions extends Omit<Settings, "database" | "directory"> {
  readonly database: DatabaseSettings;
  /** Default: one JSON line each on stderr. */
  readonly onEvent?: EventSink;
  /** Takes a line for each letter, without its text. Default: one line each on stderr. */
  readonly onLetter?: (line: string) => void;
}

/** The running service. */
export interface Tracker {
  readonly port: number;
  readonly tenantry: Tenantry;
  readonly identity: TrackerIdentity;
  /** What was mailed. */
  readonly outbox: Outbox;
  /** Of the demo's accounts, for whoever attacks with them. */
  readonly tokens: DemoTokens;
  /** By slug. */
  readonly tenantIds: ReadonlyMap<string, string>;
  /** Stops serving, then closes every connection. Idempotent. */
  close(): Promise<void>;
}

/**
 * Takes the port, brings the database up to date, fills in the demo's rows and accounts, checks all,
 * and only then answers. The port comes first: it is part of the issuer's name.
 */
export async function startTracker(options: TrackerOptions): Promise<Tracker> {
  const { listener, serve } = untilReady();
  const server = await listenOnLoopback(listener, options.port);
  const closing: (() => Promise<void>)[] = [];
  const close = once(async () => {
    await server.close();
    for (const step of closing.reverse()) await step();
  });
  try {
    await migrateTracker(options.database.migrationUrl);
    const parts = openParts(options, server.port);
    const { tenantry, identity, outbox } = parts;
    closing.push(
      () => tenantry.close(),
      () => identity.close(),
    );
    const tenantIds = await seed(tenantry);
    await seedAccounts(tenantry, identity, outbox);
    // The links in the letters to the demo's accounts are used up.
    outbox.clear();
    const tokens = openDemoTokens(tenantry, identity);
    const { database, injectableSearch } = options;
    const demo = injectableSearch
      ? await openDemo({ tenantry, tokens, tenantIds, database, outbox })
      : await removeUsualWay(database).then(() => null);
    if (demo?.usualWay) closing.push(() => demo.usualWay!.close());
    await tenantry.ready();
    serve(createApp({ tenantry, identity, demo }));
    return { port: server.port, ...parts, tokens, tenantIds, close };
  } catch (error) {
    await close();
    throw error;
  }
}

/** Each needs the other: identity looks tenants up, and tenancy reads identity's tokens. */
function openParts({ database, onEvent, onLetter }: TrackerOptions, port: number) {
  const { url, operatorUrl, identityUrl, secret } = database;
  const events = onEvent === undefined ? {} : { onEvent };
  const outbox = createOutbox(onLetter === undefined ? {} : { print: onLetter });
  const identity = openIdentity({
    tenants: { find: (key) => tenantry.tenants.find(key) },
    ...{ database: identityUrl, secret, port, mailer: outbox, ...events },
  });
  const tenantry: Tenantry = createTenantry({
    database: { url, queryTimeout: 10_000 },
    ...{ operatorDatabase: operatorUrl, secret, central: centralRoutes, ...events },
    resolve: [
      fromHost(hosts),
      // Pages are the same for everyone, and carry no data; their scripts bring a token.
      identity.fromCredentials({ required: ({ target }) => target.startsWith("/api/") }),
    ],
  });
  return { tenantry, identity, outbox };
}

interface DemoNeeds extends Pick<Tracker, "tenantry" | "tokens" | "tenantIds" | "outbox"> {
  readonly database: DatabaseSettings;
}

async function openDemo(needs: DemoNeeds): Promise<Demo> {
  const { tenantry, tokens, tenantIds, database, outbox } = needs;
  const url = await setUpUsualWay(tenantry, database);
  return {
    outbox,
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
