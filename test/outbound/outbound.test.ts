import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { isTenantryError, type Tenantry, type TenantryEvent, type TenantRegistry } from "tenantry";
import {
  openCaller,
  openRegistry,
  openService,
  openStranger,
  to,
  type Service,
} from "./services.js";

let registry: TenantRegistry;
let reports: Service;
let billing: Service;
let stranger: Service;
let tenantry: Tenantry;
let events: TenantryEvent[];

beforeAll(async () => {
  registry = await openRegistry();
  [reports, billing, stranger] = await Promise.all([
    openService("reports", registry),
    openService("billing", registry),
    openStranger(),
  ]);
  ({ tenantry, events } = await openCaller(
    [
      { origin: reports.origin, audience: "reports" },
      { origin: billing.origin, audience: "billing", lifetimeSeconds: 5 },
    ],
    { registry },
  ));
});
beforeEach(() => {
  for (const { seen } of [reports, billing, stranger]) seen.length = 0;
  events.length = 0;
});
afterAll(async () => {
  await Promise.all([reports, billing, stranger].map((service) => service?.close()));
  await tenantry?.close();
});

const as = <T>(slug: string, work: () => Promise<T>) =>
  tenantry.enter(slug, { reason: "test", actor: { kind: "user", id: `of ${slug}` } }, work);
const refusal = (promise: Promise<unknown>) =>
  promise.then(
    () => "nothing",
    (error: unknown) => (isTenantryError(error) ? error.code : String(error)),
  );
const seal = ({ seen }: Service) => seen.at(-1)?.headers["tenantry-scope"];

describe("a call to a service of one's own", () => {
  it("arrives in the caller's tenant, with its actor", async () => {
    const response = await as("acme", () => tenantry.fetch(`${reports.origin}/x`));
    expect(await response.json()).toMatchObject({
      audience: "reports",
      tenant: "acme",
      actor: { kind: "user", id: "of acme" },
    });
    expect([response.redirected, response.url]).toEqual([false, `${reports.origin}/x`]);
  });

  it("is each tenant's own among 60 at once", async () => {
    const slugs = Array.from({ length: 60 }, (_, index) => (index % 2 ? "acme" : "globex"));
    const tenants = await Promise.all(
      slugs.map((slug, index) =>
        as(slug, async () => {
          const { origin } = index % 3 ? reports : billing;
          const response = await tenantry.fetch(`${origin}/${index}`);
          return ((await response.json()) as { tenant: string }).tenant;
        }),
      ),
    );
    expect(tenants).toEqual(slugs);
  });

  it("has a seal that no other service opens, and that ends soon", async () => {
    await as("acme", () => tenantry.fetch(reports.origin));
    const [, , expiry] = String(seal(reports)).split(".");
    expect(Number(expiry) - Date.now() / 1000).toBeLessThanOrEqual(30);
    const elsewhere = await fetch(billing.origin, {
      headers: { "tenantry-scope": String(seal(reports)) },
    });
    expect(elsewhere.status).toBe(401);
    await as("acme", () => tenantry.fetch(billing.origin));
    expect(Number(String(seal(billing)).split(".")[2]) - Date.now() / 1000).toBeLessThanOrEqual(5);
  });

  it("needs a scope, and sends nothing without one", async () => {
    expect(await refusal(tenantry.fetch(reports.origin))).toBe("SCOPE_REQUIRED");
    expect(reports.seen).toEqual([]);
  });

  it("takes a Request, a URL, and every kind of body", async () => {
    const form = new FormData();
    form.set("name", "value");
    const stream = () => new Blob(["text"]).stream();
    const calls: [input: string | URL | Request, init: RequestInit | undefined][] = [
      [new Request(`${reports.origin}/x`, { method: "POST", body: "text" }), undefined],
      [new Request(`${reports.origin}/x`, { method: "POST", body: "other" }), { body: "text" }],
      [new URL(reports.origin), { method: "put", body: new Blob(["text"]) }],
      [reports.origin, { method: "POST", body: new TextEncoder().encode("text") }],
      [reports.origin, { method: "POST", body: stream() }],
    ];
    for (const [input, init] of calls) {
      const response = await as("acme", () => tenantry.fetch(input, init));
      expect(await response.json()).toMatchObject({ tenant: "acme", body: "text" });
    }
    await as("acme", () => tenantry.fetch(reports.origin, { method: "POST", body: form }));
    const { headers, body } = reports.seen.at(-1)!;
    const [, boundary] = headers["content-type"]!.split("boundary=");
    expect(body).toContain(boundary);
    expect(body).toContain("value");
  });

  it("keeps the headers and the trace context of the caller", async () => {
    const headers = {
      traceparent: "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
      tracestate: "vendor=value",
      baggage: "key=value",
      "x-own": "kept",
    };
    await as("acme", () => tenantry.fetch(reports.origin, { headers }));
    expect(reports.seen[0]!.headers).toMatchObject(headers);
    await as("acme", () => tenantry.fetch(stranger.origin, { headers }));
    expect(stranger.seen[0]!.headers).toMatchObject(headers);
  });

  it("ends with its signal, of a Request too, also between redirects", async () => {
    const slow = await openStranger(
      (_request, response) => void setTimeout(() => response.end(), 5000),
    );
    const reason = new Error("enough");
    const aborted = (input: string | Request, init: RequestInit, controller: AbortController) => {
      setTimeout(() => controller.abort(reason), 30);
      return refusal(as("acme", () => tenantry.fetch(input, init)));
    };
    const [one, two, three] = [new AbortController(), new AbortController(), new AbortController()];
    expect(await aborted(slow.origin, { signal: one.signal }, one)).toBe("Error: enough");
    const request = new Request(slow.origin, { signal: two.signal });
    expect(await aborted(request, {}, two)).toContain("enough");
    const leads = `${reports.origin}${to(slow.origin)}`;
    expect(await aborted(leads, { signal: three.signal }, three)).toBe("Error: enough");
    await slow.close();
  });
});

describe("a call to anyone else", () => {
  it("has no seal, with a scope or without", async () => {
    await as("acme", () => tenantry.fetch(stranger.origin));
    await tenantry.fetch(stranger.origin);
    expect(stranger.seen).toHaveLength(2);
    for (const { headers } of stranger.seen) expect(headers).not.toHaveProperty("tenantry-scope");
  });

  it("does not take along a seal that came in, in whatever case or form", async () => {
    for (const headers of [
      { "tenantry-scope": "forged" },
      new Headers({ "TENANTRY-Scope": "forged" }),
      [["Tenantry-Scope", "forged"]] as [string, string][],
    ]) {
      await tenantry.fetch(stranger.origin, { headers });
      await tenantry.fetch(new Request(stranger.origin, { headers }));
      await tenantry.fetch(stranger.origin, { headers, redirect: "manual" });
      await as("acme", () => tenantry.fetch(reports.origin, { headers }));
      expect(seal(reports)).toMatch(/^t1\.[^,]+$/);
    }
    expect(stranger.seen).toHaveLength(9);
    for (const { headers } of stranger.seen) expect(headers).not.toHaveProperty("tenantry-scope");
  });

  it("on the same host at another port, or another name of it, is one", async () => {
    const { port } = new URL(reports.origin);
    await refusal(as("acme", () => tenantry.fetch(`http://localhost:${port}/`)));
    expect(seal(reports)).toBeUndefined();
  });
});

describe("a redirect", () => {
  it("from a service to a stranger carries no seal and no credentials there", async () => {
    const headers = { authorization: "Bearer x", cookie: "a=1", "x-own": "kept" };
    const url = `${reports.origin}${to(`${stranger.origin}/there`)}`;
    const response = await as("acme", () => tenantry.fetch(url, { headers }));
    expect([await response.text(), response.redirected]).toEqual(["here", true]);
    expect(response.url).toBe(`${stranger.origin}/there`);
    expect(seal(reports)).toBeDefined();
    const seen = stranger.seen[0]!.headers;
    expect(seen["x-own"]).toBe("kept");
    for (const name of ["tenantry-scope", "authorization", "cookie"]) {
      expect(seen).not.toHaveProperty(name);
    }
  });

  it("from a service to another one seals anew, for that one", async () => {
    const url = `${reports.origin}${to(`${billing.origin}/there`)}`;
    const response = await as("globex", () => tenantry.fetch(url));
    expect(await response.json()).toMatchObject({ audience: "billing", tenant: "globex" });
    expect(seal(billing)).not.toBe(seal(reports));
  });

  it("within a service keeps credentials", async () => {
    const headers = { authorization: "Bearer x" };
    await as("acme", () => tenantry.fetch(`${reports.origin}${to("/there")}`, { headers }));
    expect(reports.seen.map(({ path, headers: seen }) => [path, seen.authorization])).toEqual([
      [to("/there"), "Bearer x"],
      ["/there", "Bearer x"],
    ]);
  });

  it("from a stranger to a service is refused and reported, and nothing is sent there", async () => {
    const url = `${stranger.origin}${to(`${reports.origin}/delete-everything`)}`;
    expect(await refusal(as("acme", () => tenantry.fetch(url)))).toBe("OUTBOUND_REFUSED");
    expect(await refusal(tenantry.fetch(url))).toBe("OUTBOUND_REFUSED");
    const detour = `${reports.origin}${to(url)}`;
    expect(await refusal(as("acme", () => tenantry.fetch(detour)))).toBe("OUTBOUND_REFUSED");
    expect(reports.seen.map(({ path }) => path)).toEqual([to(url)]);
    expect(events.map(({ type, severity }) => [type, severity])).toEqual(
      Array.from({ length: 3 }, () => ["outbound.refused", "security"]),
    );
    expect(JSON.stringify(events)).not.toMatch(/t1\.|delete-everything/);
  });

  it.each([
    [301, "POST", "GET", ""],
    [302, "POST", "GET", ""],
    [303, "POST", "GET", ""],
    [303, "PUT", "GET", ""],
    [307, "POST", "POST", "text"],
    [308, "PUT", "PUT", "text"],
    [302, "PUT", "PUT", "text"],
  ])("with %i makes of a %s a %s", async (status, method, expected, body) => {
    const url = `${reports.origin}${to(`${billing.origin}/there`, status)}`;
    const headers = { "content-type": "text/own", "content-language": "de" };
    await as("acme", () => tenantry.fetch(url, { method, body: "text", headers }));
    const seen = billing.seen[0]!;
    expect([seen.method, seen.body]).toEqual([expected, body]);
    expect(seen.headers["content-type"]).toBe(body === "" ? undefined : "text/own");
    expect(seen.headers["content-language"]).toBe(body === "" ? undefined : "de");
  });

  it("with 303 leaves GET and HEAD as they are", async () => {
    const url = `${reports.origin}${to(`${billing.origin}/there`, 303)}`;
    await as("acme", () => tenantry.fetch(url, { method: "HEAD" }));
    expect(billing.seen[0]!.method).toBe("HEAD");
  });

  it("sends a form again with a boundary that fits", async () => {
    const form = new FormData();
    form.set("name", "value");
    const url = `${reports.origin}${to(`${billing.origin}/there`, 307)}`;
    await as("acme", () => tenantry.fetch(url, { method: "POST", body: form }));
    const { headers, body } = billing.seen[0]!;
    expect(body).toContain(headers["content-type"]!.split("boundary=")[1]);
  });

  it("of a stream is refused, but for 303", async () => {
    const call = (status: number) => {
      const url = `${reports.origin}${to(`${billing.origin}/there`, status)}`;
      const body = new Blob(["text"]).stream();
      return refusal(as("acme", () => tenantry.fetch(url, { method: "POST", body })));
    };
    for (const status of [301, 302, 307, 308]) {
      expect([status, await call(status)]).toEqual([status, "OUTBOUND_REFUSED"]);
    }
    expect(billing.seen).toEqual([]);
    expect(await call(303)).toBe("nothing");
  });

  it("is followed 20 times and not more", async () => {
    let left = 20;
    const loop = await openStranger((_request, response) => {
      left -= 1;
      if (left < 0) return void response.end("there");
      response.writeHead(302, { location: "/again" }).end();
    });
    const response = await tenantry.fetch(loop.origin);
    expect(await response.text()).toBe("there");
    left = 21;
    expect(await refusal(tenantry.fetch(loop.origin))).toBe("OUTBOUND_REFUSED");
    expect(left).toBe(0);
    await loop.close();
  });

  it.each(["file:///etc/passwd", "data:text/plain,x", "http://", "ftp://127.0.0.1/"])(
    "to %s is refused",
    async (url) => {
      const call = tenantry.fetch(`${stranger.origin}${to(url)}`);
      expect(await refusal(call)).toBe("OUTBOUND_REFUSED");
    },
  );

  it("to a URL with a user in it is refused", async () => {
    const { host } = new URL(reports.origin);
    const leads = `${billing.origin}${to(`http://user:pass@${host}/`)}`;
    expect(await refusal(as("acme", () => tenantry.fetch(leads)))).toBe("OUTBOUND_REFUSED");
    expect(reports.seen).toEqual([]);
  });

  it("is the caller's with manual, and an error with error", async () => {
    const url = `${reports.origin}${to(`${stranger.origin}/there`)}`;
    const manual = await as("acme", () => tenantry.fetch(url, { redirect: "manual" }));
    expect([manual.status, manual.headers.get("location")]).toEqual([
      302,
      `${stranger.origin}/there`,
    ]);
    const request = new Request(url, { redirect: "error" });
    expect(await refusal(as("acme", () => tenantry.fetch(request)))).toContain("TypeError");
    expect(stranger.seen).toEqual([]);
  });

  it("without a location is the answer", async () => {
    const odd = await openStranger((_request, response) => response.writeHead(302).end("odd"));
    expect(await (await tenantry.fetch(odd.origin)).text()).toBe("odd");
    await odd.close();
  });
});
