import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { isTenantryError, type ServiceOption } from "tenantry";
import { openCaller } from "./services.js";

const good: ServiceOption = { origin: "https://reports.internal", audience: "reports" };

/** Asks for a URL, and gives what was sent of the seal, or null where nothing was sent. */
async function openProbe(services: readonly ServiceOption[]) {
  const sent: { url: string; sealed: boolean }[] = [];
  const { tenantry } = await openCaller(services, {
    fetch: async (url, init) => {
      sent.push({ url, sealed: new Headers(init.headers).has("tenantry-scope") });
      return new Response("ok");
    },
  });
  return async (url: string) => {
    sent.length = 0;
    await tenantry
      .enter("acme", { reason: "test" }, () => tenantry.fetch(url))
      .catch(() => undefined);
    return sent[0] ?? null;
  };
}

describe("an origin", () => {
  it.each([
    ["https://reports.internal", true],
    ["https://reports.internal/", true],
    ["https://reports.internal:443/x", true],
    ["HTTPS://REPORTS.INTERNAL/x", true],
    ["https://reports.internal:8443/", false],
    ["https://reports.internal:80/", false],
    ["http://reports.internal/", false],
    ["http://reports.internal:443/", false],
    ["https://reports.internal./", false],
    ["https://reports.internal.evil.example/", false],
    ["https://evil.example/https://reports.internal/", false],
    ["https://evil.example/?https://reports.internal/", false],
    ["https://evil.example#https://reports.internal/", false],
    ["https://evil.example\\@reports.internal/", false],
    ["https://xreports.internal/", false],
    ["https://sub.reports.internal/", false],
    ["https://reports.internal%2eevil.example/", false],
    ["https://r\u0435ports.internal/", false],
    ["https://reports\u3002internal/", true],
    ["wss://reports.internal/", false],
    ["blob:https://reports.internal/x", false],
  ])("of %s is a service's: %s", async (url, sealed) => {
    const probe = await openProbe([good]);
    const seen = await probe(url);
    expect(seen?.sealed ?? false).toBe(sealed);
    // What was decided on is what is fetched.
    if (sealed) expect(new URL(seen!.url).origin).toBe(good.origin);
  });

  it.each([
    "https://user@reports.internal/",
    "https://a:b@reports.internal/",
    "https://reports.internal@evil.example/",
  ])("with a user is refused: %s", async (url) => {
    expect(await (await openProbe([good]))(url)).toBeNull();
  });

  it("is sealed for if, and only if, it is the very same one, whatever the URL", async () => {
    const probe = await openProbe([good, { origin: "http://127.0.0.1:8080", audience: "local" }]);
    const piece = fc.constantFrom(
      ...["https", "http", ":", "//", "/", "\\", "@", "#", "?", ".", "reports", "internal", "evil"],
      ...[
        "127.0.0.1",
        "0x7f.1",
        ":8080",
        ":443",
        "%2e",
        "\u3002",
        "\t",
        "REPORTS",
        "xn--a",
        "[::1]",
      ],
    );
    const near = fc.array(piece, { maxLength: 10 }).map((pieces) => pieces.join(""));
    const grown = fc
      .tuple(
        fc.constantFrom("https://", "http://", ""),
        near,
        fc.constantFrom("", good.origin),
        near,
      )
      .map((parts) => parts.join(""));
    await fc.assert(
      fc.asyncProperty(fc.oneof(near, grown, fc.webUrl()), async (url) => {
        const seen = await probe(url);
        const origin = URL.canParse(url) ? new URL(url).origin : "none";
        const own = origin === good.origin || origin === "http://127.0.0.1:8080";
        // A user in the URL is refused, so that nothing was sent.
        if (seen !== null) expect([url, seen.sealed]).toEqual([url, own && /^http/.test(seen.url)]);
      }),
      { numRuns: 2000 },
    );
  });
});

describe("the option services", () => {
  const code = (services: unknown, fetch?: unknown) =>
    openCaller(
      services as ServiceOption[],
      fetch === undefined ? {} : { fetch: fetch as never },
    ).then(
      () => "none",
      (error: unknown) => (isTenantryError(error) ? error.code : String(error)),
    );

  it.each([
    "https://reports.internal/",
    "https://reports.internal:443",
    "https://Reports.internal",
    "HTTPS://reports.internal",
    "https://reports.internal.",
    "https://user@reports.internal",
    "https://reports.internal/path",
    "https://reports.internal?x",
    "https://b\u00fccher.example",
    "https://*.internal",
    "reports.internal",
    "null",
    "file://",
    "wss://reports.internal",
    "http://0x7f.1",
    " https://reports.internal",
    "",
    undefined,
    7,
  ])("refuses the origin %j", async (origin) => {
    expect(await code([{ ...good, origin }])).toBe("CONFIG_INVALID");
  });

  it("takes http on loopback, and elsewhere only where it is said to be insecure", async () => {
    for (const origin of [
      "http://localhost:1",
      "http://a.localhost",
      "http://127.0.0.2",
      "http://[::1]:8",
    ]) {
      expect([origin, await code([{ ...good, origin }])]).toEqual([origin, "none"]);
    }
    for (const origin of [
      "http://reports.internal",
      "http://127.0.0.1.example.com",
      "http://10.0.0.1",
    ]) {
      expect([origin, await code([{ ...good, origin }])]).toEqual([origin, "CONFIG_INVALID"]);
      expect(await code([{ ...good, origin, allowInsecureHttp: true }])).toBe("none");
      expect(await code([{ ...good, origin, allowInsecureHttp: "yes" }])).toBe("CONFIG_INVALID");
    }
  });

  it("refuses what is no list, too long, named twice, or has no good audience or lifetime", async () => {
    const many = Array.from({ length: 1001 }, (_, n) => ({
      ...good,
      origin: `https://h${n}.internal`,
    }));
    for (const services of [
      {},
      many,
      [good, { ...good, audience: "other" }],
      [{ ...good, audience: "" }],
      [{ origin: good.origin }],
      [{ ...good, lifetimeSeconds: 0 }],
      [{ ...good, lifetimeSeconds: 301 }],
      [{ ...good, lifetimeSeconds: 1.5 }],
      [undefined],
    ]) {
      expect(await code(services)).toBe("CONFIG_INVALID");
    }
    expect(await code(many.slice(1))).toBe("none");
    expect(await code([good], "fetch")).toBe("CONFIG_INVALID");
  });
});
