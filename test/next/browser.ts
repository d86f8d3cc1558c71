import { existsSync } from "node:fs";
import { chromium, type Browser, type Page } from "playwright-core";

/** Where Debian's package puts it. */
const binary = "/usr/bin/chromium";

/** Undefined where there is a Chromium: what stands in the title of the tests that are skipped. */
export const missingChromium = existsSync(binary)
  ? undefined
  : "NO CHROMIUM: apt-get install chromium";

export interface Pages extends AsyncDisposable {
  readonly all: readonly Page[];
}

/** It talks to this machine only. */
export function launchChromium(): Promise<Browser> {
  return chromium.launch({
    executablePath: binary,
    args: [
      "--no-sandbox",
      "--disable-gpu",
      "--disable-quic",
      "--disable-background-networking",
      "--disable-component-update",
      "--disable-sync",
    ],
  });
}

/** A page for each address, in one browser. */
export async function browserPages(addresses: readonly string[]): Promise<Pages> {
  const browser = await launchChromium();
  const all = await Promise.all(
    addresses.map(async (address) => {
      const page = await browser.newPage();
      page.setDefaultTimeout(15_000);
      await page.goto(address);
      return page;
    }),
  );
  return { all, [Symbol.asyncDispose]: () => browser.close() };
}
