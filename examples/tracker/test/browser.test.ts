import type { Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { browserPages, missingChromium, type Pages } from "../../../test/next/browser.js";
import { embeddedServer } from "../../../test/support/servers.js";
import { markOf } from "../src/seed/tenants.js";
import {
  alice,
  bob,
  enter,
  mallory,
  openTrackerForBrowsers,
  part,
  signIn,
  whenFilled,
  whenKnown,
  type TrackerForBrowsers,
} from "./in-browser.js";

/** Milliseconds; a page, a service and a database share what may be two slow cores. */
const soon = { timeout: 15_000 };

describe.skipIf(missingChromium !== undefined)(
  `the pages in Chromium${missingChromium === undefined ? "" : ` [${missingChromium}]`}`,
  () => {
    let place: TrackerForBrowsers;
    beforeAll(async () => {
      place = await openTrackerForBrowsers(embeddedServer());
    }, 120_000);
    afterAll(() => place?.close());

    /** So many devices, each with nothing in its jar. */
    const devices = (count: number): Promise<Pages> =>
      browserPages(Array.from({ length: count }, () => `${place.origin("auth")}/sign-in`));

    it("take a stranger to the sign-in page and back, and keep the sign-in over a reload", async () => {
      await using pages = await devices(1);
      const page = pages.all[0]!;
      await page.goto(`${place.origin("acme")}/?search=salary`);
      await part(page, "signed-out").waitFor();
      expect(await page.locator("body").textContent()).not.toContain("Internal to");
      await page.getByRole("link", { name: "Sign in" }).click();
      await page.waitForURL(`${place.origin("auth")}/sign-in?*`);
      await signIn(page, { ...alice, password: "not the password at all" });
      await part(page, "problem").waitFor();
      expect(await part(page, "problem").textContent()).toContain("do not sign anybody in");
      await signIn(page, alice);
      await page.waitForURL(`${place.origin("acme")}/`);
      for (let n = 0; n < 2; n++) {
        await whenFilled(page);
        expect(await part(page, "who").textContent()).toContain("alice@acme.test, owner");
        expect(await part(page, "projects").textContent()).toContain("Internal to Acme");
        await page.reload();
      }
      const cookies = await page.context().cookies();
      expect(
        cookies.map(({ name, domain, secure, httpOnly, sameSite }) => [
          ...[name, domain, secure, httpOnly, sameSite],
        ]),
      ).toEqual([
        ["__Host-tenantry-session", "auth.localhost", true, true, "Lax"],
        ["__Host-tenantry-grant", "acme.localhost", true, true, "Strict"],
      ]);
      const readable = () => [document.cookie, localStorage.length, sessionStorage.length];
      expect(await page.evaluate(readable)).toEqual(["", 0, 0]);
    });

    it("offer the tenants of an account, and refuse a viewer what he may not", async () => {
      await using pages = await devices(1);
      const page = pages.all[0]!;
      await signIn(page, alice);
      await page.waitForURL(`${place.origin("auth")}/`);
      const choices = part(page, "tenants").locator("li");
      await choices.first().waitFor();
      expect(await choices.allTextContents()).toEqual(["Acmeowner", "Globexviewer"]);
      await page.getByRole("link", { name: "Globex" }).click();
      await page.waitForURL(`${place.origin("globex")}/`);
      await whenFilled(page);
      expect(await part(page, "who").textContent()).toContain("viewer");
      const shown = part(page, "projects");
      expect(await shown.textContent()).toContain("Internal to Globex");
      const before = await shown.textContent();
      await page.fill("#name", "Not mine to add");
      await page.getByRole("button", { name: "Add" }).click();
      await part(page, "problem").waitFor();
      expect(await part(page, "problem").textContent()).toBe("Your role does not allow that.");
      await page.getByRole("button", { name: "Delete project 1", exact: true }).click();
      await expect.poll(() => part(page, "problem").isVisible(), soon).toBe(true);
      await page.reload();
      await whenFilled(page);
      expect(await shown.textContent()).toBe(before);
    });

    it("let an owner add and delete, and show what people type as text", async () => {
      await using pages = await devices(1);
      const page = pages.all[0]!;
      await enter(page, place.origin("globex"), bob);
      const count = Number(await part(page, "project-count").textContent());
      const hostile = `<img src=x onerror="document.title='taken'">`;
      await page.fill("#name", hostile);
      await page.getByRole("button", { name: "Add" }).click();
      await expect
        .poll(async () => Number(await part(page, "project-count").textContent()), soon)
        .toBe(count + 1);
      await page.goto(`${place.origin("globex")}/?cursor=140`);
      await whenFilled(page);
      expect(await part(page, "projects").textContent()).toContain(hostile);
      expect(await page.locator("img").count()).toBe(0);
      await page.getByRole("button", { name: "Delete project 141" }).click();
      await expect
        .poll(async () => Number(await part(page, "project-count").textContent()), soon)
        .toBe(count);
    });

    it("fire every attack with the token of whoever is signed in, and all are held", async () => {
      await using pages = await devices(1);
      const page = pages.all[0]!;
      await enter(page, place.origin("acme"), alice);
      await page.getByRole("button", { name: "Fire all" }).click();
      await expect
        .poll(() => page.locator("[data-announce]").textContent(), { timeout: 25_000 })
        .toBe("23 of 23 attacks held.");
      const usual = page.locator("#attack-usual-overwrite");
      expect(await usual.getAttribute("data-verdict")).toBe("broken");
      expect(await usual.textContent()).toContain(markOf({ name: "Globex" }));
    });

    it("lead someone who is invited from the letter to membership, and the owner changes him", async () => {
      await using pages = await devices(2);
      const [owner, guest] = pages.all as [Page, Page];
      const login = { email: "carol@new.test", password: "silver-harbour-29-kettles" };
      await enter(owner, place.origin("acme"), alice);
      await owner.getByRole("link", { name: "Members" }).click();
      await part(owner, "inviting").waitFor();
      await owner.fill("#email", login.email);
      await owner.getByRole("button", { name: "Invite" }).click();
      await part(owner, "invitations").getByText(login.email).waitFor();

      const letters = `${place.origin("auth")}/outbox`;
      const letter = (subject: string) =>
        guest.locator("article", { hasText: subject }).filter({ hasText: login.email });
      await guest.goto(letters);
      await letter("An invitation to Acme").getByRole("link").click();
      await part(guest, "signed-out").waitFor();
      await part(guest, "sign-up").click();
      await guest.fill("#email", login.email);
      await guest.fill("#password", "too short");
      await guest.getByRole("button", { name: "Sign up" }).click();
      await part(guest, "problem").waitFor();
      expect(await part(guest, "problem").textContent()).toContain("15");
      await guest.fill("#password", login.password);
      await guest.getByRole("button", { name: "Sign up" }).click();
      await part(guest, "done").waitFor();
      await guest.goto(letters);
      await letter("Confirm your address").getByRole("link").click();
      await guest.getByRole("button", { name: "Confirm my address" }).click();
      await part(guest, "done").waitFor();
      await guest.goto(letters);
      await letter("An invitation to Acme").getByRole("link").click();
      await part(guest, "sign-in").click();
      await signIn(guest, login);
      await guest.getByRole("button", { name: "Accept" }).click();
      await guest.getByRole("link", { name: "Acme" }).click();
      await guest.waitForURL(`${place.origin("acme")}/`);
      await whenFilled(guest);
      expect(await part(guest, "who").textContent()).toContain("carol@new.test, member");

      await owner.reload();
      const row = part(owner, "members").locator("tr", { hasText: login.email });
      await row.getByRole("combobox").selectOption("viewer");
      await row.getByRole("button", { name: "Change" }).click();
      await expect.poll(() => row.getByRole("combobox").inputValue(), soon).toBe("viewer");
      await row.getByRole("button", { name: "Suspend" }).click();
      await row.getByText("suspended").waitFor();
      await expect
        .poll(async () => {
          await guest.goto(`${place.origin("acme")}/`);
          await whenKnown(guest);
          return part(guest, "signed-out").isVisible();
        }, soon)
        .toBe(true);
      await guest.getByRole("link", { name: "Sign in" }).click();
      await guest.waitForURL(`${place.origin("acme")}/denied`);

      await row.getByRole("button", { name: "Remove" }).click();
      await row.waitFor({ state: "detached" });
      await owner.getByRole("button", { name: `Remove ${alice.email}` }).click();
      await part(owner, "problem").waitFor();
      expect(await part(owner, "problem").textContent()).toBe("One owner has to stay.");
    });

    it("sign another device out, which its page then shows", async () => {
      await using pages = await devices(3);
      const [here, there, elsewhere] = pages.all as [Page, Page, Page];
      await enter(elsewhere, place.origin("acme"), mallory);
      await signIn(here, mallory);
      await here.waitForURL(`${place.origin("auth")}/`);
      // Beside them the panel may have signed itself in, for its attacks.
      const browsers = part(here, "devices").locator("li", { hasText: "Chrome" });
      const others = browsers.getByRole("button");
      await others.click();
      await expect.poll(() => others.count(), soon).toBe(0);
      await elsewhere.reload();
      await part(elsewhere, "signed-out").waitFor();
      await enter(there, place.origin("acme"), mallory);
      await here.reload();
      await expect.poll(() => others.count(), soon).toBe(1);
      await here.getByRole("button", { name: "Sign out the others" }).click();
      await expect.poll(() => part(here, "device-count").textContent(), soon).toBe("1");
      await there.reload();
      await part(there, "signed-out").waitFor();
      await here.getByRole("button", { name: "Sign out here" }).click();
      await here.waitForURL(`${place.origin("auth")}/sign-in`);
      await here.goto(`${place.origin("auth")}/`);
      await here.waitForURL(`${place.origin("auth")}/sign-in`);
    });

    it("set a new password by the link of a letter, and sign out of one customer alone", async () => {
      await using pages = await devices(2);
      const [page, other] = pages.all as [Page, Page];
      await enter(other, place.origin("globex"), bob);
      await page.getByRole("link", { name: "Forgot the password?" }).click();
      await page.fill("#email", bob.email);
      await page.getByRole("button", { name: "Send me a link" }).click();
      await part(page, "done").waitFor();
      await page.goto(`${place.origin("auth")}/outbox`);
      const letter = page.locator("article", { hasText: "Choose a new password" });
      await letter.getByRole("link").click();
      const password = "amber-bicycle-63-orchids";
      await page.fill("#password", password);
      await page.getByRole("button", { name: "Set the password" }).click();
      await part(page, "changed").waitFor();
      await other.reload();
      await part(other, "signed-out").waitFor();

      await enter(page, place.origin("globex"), { ...bob, password });
      await page.getByRole("button", { name: "Sign out" }).click();
      await part(page, "signed-out").waitFor();
      await page.goto(`${place.origin("auth")}/`);
      await part(page, "tenants").getByRole("link", { name: "Globex" }).click();
      await page.waitForURL(`${place.origin("globex")}/`);
      await whenFilled(page);
    });
  },
);
