import { isTenantryError, type TenantryEvent } from "tenantry";
import { startDevelopmentDatabase } from "tenantry/embedded";
import { abandoned } from "./abandoned.js";
import { Problem } from "./problem.js";
import { demoAccounts } from "./seed/accounts.js";
import { demoTenants } from "./seed/tenants.js";
import {
  databaseSettings,
  readSettings,
  type DatabaseSettings,
  type Settings,
} from "./settings.js";
import { startTracker, type Tracker } from "./tracker.js";

/** Undone in reverse order at the end, however it comes about. */
const closing: (() => Promise<void>)[] = [];

try {
  const end = Promise.race([nextSignal(), abandoned()]);
  const settings = readSettings(process.env);
  const { database, died } = await openDatabase(settings);
  const tracker = await startTracker({
    ...settings,
    database,
    onEvent: report,
    onLetter: (line) => console.log(line),
  });
  closing.push(() => tracker.close());
  announce(tracker, settings);
  await Promise.race([end, died]);
} catch (error) {
  complain(error);
  process.exitCode = 1;
} finally {
  for (const step of closing.reverse()) {
    await step().catch((error: unknown) => {
      complain(error);
      process.exitCode = 1;
    });
  }
}

/** The given database, or the embedded one. */
async function openDatabase(
  settings: Settings,
): Promise<{ database: DatabaseSettings; died: Promise<never> }> {
  if (settings.database !== null) {
    return { database: settings.database, died: new Promise(() => undefined) };
  }
  const embedded = await startDevelopmentDatabase({
    directory: settings.directory,
    onStep: (step) => {
      // What was there already is no news; and nothing but the last line says "ready".
      if (!step.includes("ready")) console.log(`… ${step}`);
    },
  });
  closing.push(() => embedded.stop());
  const database = databaseSettings({ ...embedded.environment });
  const died = embedded.exited.then((): never => {
    throw new Problem(
      "The embedded PostgreSQL has ended by itself; see server.log beside its data.",
    );
  });
  died.catch(() => undefined);
  // An injected pg_sleep() shall not hold a connection for long.
  return { database: { ...database, url: `${database.url}?statement_timeout=5000` }, died };
}

function announce({ port, identity }: Tracker, { injectableSearch }: Settings): void {
  console.log(`${identity.issuer.origin}/  (sign in, choose a tenant, see your devices)`);
  for (const { slug, suspended } of demoTenants) {
    console.log(
      `http://${slug}.localhost:${port}/${suspended ? "  (suspended: answers 403)" : ""}`,
    );
  }
  console.log("Accounts of the demo:");
  for (const { email, password, roles } of demoAccounts) {
    const standing = Object.entries(roles).map(([slug, role]) => `${role} of ${slug}`);
    console.log(`  ${email}  password ${password}  (${standing.join(", ")})`);
  }
  if (injectableSearch) {
    console.log(`Their mail: ${identity.issuer.origin}/outbox`);
    console.log("The search is injectable on purpose: TRACKER_INJECTABLE_SEARCH=1.");
  }
  const setting = port === 3000 ? "" : `PORT=${port} `;
  console.log(`A token: ${setting}npm run token --workspace tenantry-example-tracker -- acme`);
  console.log("ready");
}

/** One line for each attack and fault. */
function report(event: TenantryEvent): void {
  if (event.severity !== "info") console.error(JSON.stringify(event));
}

/** Resolves at the first signal that asks us to end; a second one ends the process at once. */
function nextSignal(): Promise<void> {
  return new Promise((resolve) => {
    for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.once(signal, resolve);
  });
}

function complain(error: unknown): void {
  const expected = error instanceof Problem || isTenantryError(error);
  console.error(expected ? error.message : error);
}
