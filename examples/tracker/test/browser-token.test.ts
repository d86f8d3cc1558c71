import type { Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { browserPages, missingChromium, type Pages } from "../../../test/next/browser.js";
import { embeddedServer } from "../../../test/support/servers.js";
import {
  alice,
  countTokenRequests,
  enter,
  mallory,
  openTrackerForBrowsers,
  whenFilled,
  type TrackerForBrowsers,
} from "./in-browser.js";

/** Milliseconds; a page, a service and a database share what may be two slow cores. */
const soon = { timeout: 15_000 };
const caller = { address: null, userAgent: null };

describe.skipIf(missingChromium !== undefined)(
  `the access token of a page in Chromium${missingChromium === undefined ? "" : ` [${missingChromium}]`}`,
  () => {
    let place: TrackerForBrowsers;
    beforeAll(async () => {
      place = await openTrackerForBrowsers(embeddedServer());
    }, 120_000);
    afterAll(() => place?.close());

    const device = (): Promise<Pages> => browserPages([`${place.origin("auth")}/sign-in`]);

    /** What eight calls at once meet whose token has just become stale, and how many ask for another. */
    async function callsWithAStaleToken(): Promise<{ statuses: unknown; renewals: number }> {
      await using pages = await device();
      const page = pages.all[0]!;
      const { identity, tenantry, tokens } = place.tracker;
      const acme = (await tenantry.tenants.find({ by: "slug", value: "acme" }))!;
      await enter(page, place.origin("acme"), mallory);
      const renewals = countTokenRequests(page.context());
      const older = await identity.verifier.verify((await tokens.of(mallory, "acme"))!);
      const owner = (await identity.accounts.findByEmail(alice.email))!;
      const by = { accountId: owner.id, caller };
      const role = older.role === "member" ? "admin" : "member";
      await identity.members.changeRole(acme, older.accountId, role, by);
      await expect
        .poll(
          async () => identity.authority.assertCurrent(older)?.then(() => "", codeOf) ?? "",
          soon,
        )
        .toBe("TOKEN_STALE");
      // A text: what the page has loaded already, and not what this file is compiled to.
      const statuses = await page.evaluate(`import("/assets/token.js").then(async (loaded) => {
        const calls = Array.from({ length: 8 }, () => loaded.authorizedFetch("/api/me"));
        return (await Promise.all(calls)).map(({ status }) => status);
      })`);
      return { statuses, renewals: renewals() };
    }
    const all = (status: number) => Array.from({ length: 8 }, () => status);

    it("is renewed once where it became stale, however many calls find out at once", async () => {
      expect(await callsWithAStaleToken()).toEqual({ statuses: all(200), renewals: 1 });
    });

    it.each([
      ["each call renews for itself", "renewal ??= alone", "renewal = alone"],
      ["a refusal is final", "response.status !== 401", "response.status !== 0"],
    ])("is not, with the bug planted that %s", async (_, sound, broken) => {
      const takeOut = await place.plant("token.js", sound, broken);
      try {
        const { statuses, renewals } = await callsWithAStaleToken();
        expect({ statuses, renewals }).not.toEqual({ statuses: all(200), renewals: 1 });
      } finally {
        await takeOut();
      }
    });

    it("is asked for by one tab after the other, and none is taken for a thief", async () => {
      await using pages = await device();
      // What browserPages opens takes no second page.
      const context = await pages.all[0]!.context().browser()!.newContext();
      await enter(await context.newPage(), place.origin("acme"), alice);
      const tabs = await Promise.all(Array.from({ length: 5 }, () => context.newPage()));
      const before = place.events.length;
      for (let n = 0; n < 2; n++) {
        await Promise.all(tabs.map((tab) => tab.goto(`${place.origin("acme")}/`)));
        await Promise.all(tabs.map(whenFilled));
        const spans = (await Promise.all(tabs.map(tokenRequestOf))).sort(
          (one, other) => one.from - other.from,
        );
        for (const [index, { from }] of spans.slice(1).entries()) {
          expect(from).toBeGreaterThanOrEqual(spans[index]!.until - clockError);
        }
      }
      const refused = place.events.slice(before).filter(({ type }) => type.startsWith("grant."));
      expect(refused).toEqual([]);
    });
  },
);

/** Milliseconds that the clocks of two tabs may differ. */
const clockError = 2;

/** When a page's request for a token was under way, in milliseconds since the epoch. */
function tokenRequestOf(page: Page): Promise<{ readonly from: number; readonly until: number }> {
  return page.evaluate(() => {
    const [entry] = performance
      .getEntriesByType("resource")
      .filter(({ name }) => name.endsWith("/auth/token")) as PerformanceResourceTiming[];
    const { timeOrigin } = performance;
    return { from: timeOrigin + entry!.startTime, until: timeOrigin + entry!.responseEnd };
  });
}

function codeOf(error: unknown): unknown {
  return (error as { code?: unknown }).code;
}
