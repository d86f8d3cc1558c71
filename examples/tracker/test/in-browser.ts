import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import type { BrowserContext, Page } from "playwright-core";
import type { TenantryEvent } from "tenantry";
import { createTestDatabase, type TestDatabase } from "../../../test/support/databases.js";
import type { TestServer } from "../../../test/support/servers.js";
import { demoAccounts, type DemoAccount } from "../src/seed/accounts.js";
import type * as trackers from "../src/tracker.js";
import { buildTracker } from "./built-tracker.js";
import { removeTwinLogins, settingsOf } from "./running-tracker.js";

/** The built service, whose scripts a browser can load, on a database of its own. */
export interface TrackerForBrowsers {
  readonly tracker: trackers.Tracker;
  readonly events: readonly TenantryEvent[];
  /** `http://acme.localhost:…` */
  origin(name: string): string;
  /** Puts a bug into a script that pages load from now on. @returns what takes it out again */
  plant(script: string, sound: string, broken: string): Promise<() => Promise<void>>;
  close(): Promise<void>;
}

export async function openTrackerForBrowsers(server: TestServer): Promise<TrackerForBrowsers> {
  const built = await buildTracker();
  const database: TestDatabase = await createTestDatabase(server);
  const path = pathToFileURL(join(built.dist, "tracker.js")).href;
  const { startTracker } = (await import(path)) as typeof trackers;
  const events: TenantryEvent[] = [];
  const tracker = await startTracker({
    port: 0,
    injectableSearch: true,
    database: settingsOf(database),
    onEvent: (event) => events.push(event),
    onLetter: () => undefined,
  });
  return {
    tracker,
    events,
    origin: (name) => `http://${name}.localhost:${tracker.port}`,
    async plant(script, sound, broken) {
      const file = join(built.dist, "browser", script);
      const text = await readFile(file, "utf8");
      if (!text.includes(sound)) throw new Error(`${script} has no ${sound}`);
      await writeFile(file, text.replace(sound, broken));
      return () => writeFile(file, text);
    },
    async close() {
      await tracker.close();
      await removeTwinLogins(database);
      await database.drop();
      await built.remove();
    },
  };
}

export const [alice, bob, mallory] = demoAccounts as [DemoAccount, DemoAccount, DemoAccount];

/** Fills in the sign-in page that is open. */
export async function signIn(page: Page, { email, password }: Login): Promise<void> {
  await page.fill("#email", email);
  await page.fill("#password", password);
  await page.getByRole("button", { name: "Sign in" }).click();
}

type Login = Pick<DemoAccount, "email" | "password">;

/** Opens a tenant's page, by way of the auth host. */
export async function enter(page: Page, origin: string, login: Login): Promise<void> {
  await page.goto(`${origin}/auth/login`);
  await signIn(page, login);
  await page.waitForURL(`${origin}/`);
  await whenFilled(page);
}

/** Until the page's script has asked for what it shows. */
export async function whenFilled(page: Page): Promise<void> {
  await page.locator('[data-part="signed-in"]').waitFor();
}

/** Until the page's script has found out whether anybody is signed in. */
export async function whenKnown(page: Page): Promise<void> {
  const either = ["signed-in", "signed-out"].map((name) => `[data-part="${name}"]:not([hidden])`);
  await page.locator(either.join(", ")).waitFor();
}

/** A part of the page by its name. */
export function part(page: Page, name: string) {
  return page.locator(`[data-part="${name}"]`);
}

/** How often the pages of a browser have asked for a token from now on. */
export function countTokenRequests(context: BrowserContext): () => number {
  let count = 0;
  context.on("request", (request) => {
    if (new URL(request.url()).pathname === "/auth/token") count += 1;
  });
  return () => count;
}
