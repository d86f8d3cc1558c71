import { describe, expect, it, vi } from "vitest";
import { here, tenancy } from "../tenancy.test-support.js";
import { createFetchHandler } from "./fetch-handler.js";

const ask = (host = "acme.example.com", path = "/x") => new Request(`http://${host}${path}`);
const reply = () => new Response(here());

/** A stream that says where each piece of it was made. */
const noting = (seen: string[]): ReadableStream<Uint8Array> =>
  new ReadableStream<Uint8Array>(
    {
      pull(controller) {
        seen.push(here());
        if (seen.length < 3) controller.enqueue(new TextEncoder().encode("x"));
        else controller.close();
      },
      cancel: () => void seen.push(`cancelled in ${here()}`),
    },
    { highWaterMark: 0 },
  );

describe("a Fetch handler", () => {
  it("runs in the scope, on a central route, or not at all", async () => {
    const handle = createFetchHandler(tenancy(), reply);
    expect(await (await handle(ask())).text()).toBe("acme");
    expect(await (await handle(ask("globex.example.com"))).text()).toBe("globex");
    expect(await (await handle(ask("none.test", "/healthz"))).text()).toBe("SCOPE_REQUIRED");
    const refused = await handle(ask("none.test"));
    expect(refused.status).toBe(400);
    expect(await refused.json()).toEqual({
      error: { code: "TENANT_UNRESOLVED", title: "Bad request" },
    });
  });

  it("is in the request's own scope when it is called inside another's", async () => {
    const inner = createFetchHandler(tenancy(), reply);
    const outer = createFetchHandler(tenancy(), () => inner(ask("globex.example.com")));
    expect(await (await outer(ask())).text()).toBe("globex");
  });

  it("is given what the host passes, and its options are too", async () => {
    const tenantry = tenancy(["10.0.0.0/8"]);
    const handle = createFetchHandler(
      tenantry,
      (_request, info: { peer: string }) => new Response(`${info.peer} ${here()}`),
      { remoteAddress: (_request, { peer }) => peer },
    );
    const headers = { "x-forwarded-host": "globex.example.com" };
    const request = () => new Request("http://acme.example.com/", { headers });
    expect(await (await handle(request(), { peer: "10.0.0.1" })).text()).toBe("10.0.0.1 globex");
    expect(await (await handle(request(), { peer: "11.0.0.1" })).text()).toBe("11.0.0.1 acme");
  });

  it("reads the raw message where there is one", async () => {
    const rawHeaders = ["Host", "acme.example.com", "Host", "globex.example.com"];
    const message = { method: "GET", url: "/x", rawHeaders, socket: {} };
    const handle = createFetchHandler(tenancy(), reply, { message: () => message });
    expect((await handle(ask())).status).toBe(400);
  });

  it("answers HEAD without a body, also a refusal", async () => {
    const handle = createFetchHandler(tenancy(), reply);
    const refused = await handle(new Request("http://none.test/", { method: "HEAD" }));
    expect(refused.body).toBeNull();
    expect(refused.headers.get("content-length")).not.toBeNull();
  });
});

describe("a streamed body", () => {
  it("is made in the scope, piece by piece, and only as it is read", async () => {
    const seen: string[] = [];
    const handle = createFetchHandler(tenancy(), () => new Response(noting(seen)));
    const response = await handle(ask());
    expect(seen).toEqual([]);
    expect(await response.text()).toBe("xx");
    expect(seen).toEqual(["acme", "acme", "acme"]);
  });

  it("is cancelled in the scope", async () => {
    const seen: string[] = [];
    const handle = createFetchHandler(tenancy(), () => new Response(noting(seen)));
    const reader = (await handle(ask())).body!.getReader();
    await reader.read();
    await reader.cancel("enough");
    expect(seen).toEqual(["acme", "cancelled in acme"]);
  });

  it("that fails shows a generic error, and an event has the rest", async () => {
    const tenantry = tenancy();
    const broken = new ReadableStream<Uint8Array>({
      pull: () => Promise.reject(new Error("select hunter2")),
    });
    const handle = createFetchHandler(tenantry, () => new Response(broken));
    const reading = (await handle(ask())).text();
    await expect(reading).rejects.toThrow(/^Internal error$/);
    expect(tenantry.told).toMatchObject([
      { type: "request.failed", message: "Error: select hunter2" },
    ]);
    expect(tenantry.told[0]!.detail["tenant"]).toBeTypeOf("string");
  });
});

describe("a response", () => {
  it("whose headers cannot be changed gets them all the same", async () => {
    const handle = createFetchHandler(tenancy(), () => Response.redirect("http://else.test/"));
    const response = await handle(ask());
    expect(response.status).toBe(302);
    expect(response.headers.get("location")).toBe("http://else.test/");
    expect(response.headers.get("cache-control")).toBe("private, no-store");
  });

  it("that is shared between requests is not changed", async () => {
    const shared = new Response(null, { status: 204 });
    const handle = createFetchHandler(tenancy(), () => shared);
    expect((await handle(ask())).headers.get("cache-control")).toBe("private, no-store");
    expect((await handle(ask())).status).toBe(204);
    expect([...shared.headers]).toEqual([]);
  });

  it("keeps every cookie", async () => {
    const headers = new Headers([
      ["set-cookie", "a=1"],
      ["set-cookie", "b=2"],
    ]);
    const handle = createFetchHandler(tenancy(), () => new Response("x", { headers }));
    expect((await handle(ask())).headers.getSetCookie()).toEqual(["a=1", "b=2"]);
  });

  it("of no status that can be copied passes as it is", async () => {
    const upgrade = Response.error();
    const handle = createFetchHandler(tenancy(), () => upgrade);
    expect(await handle(ask())).toBe(upgrade);
  });

  it.each<[string, () => Response | Promise<Response>]>([
    ["that was read already", () => withLock()],
    ["that is none", () => undefined as unknown as Response],
    ["that was never made", () => Promise.reject(new Error("x"))],
  ])("%s is a generic 500", async (_, handler) => {
    const tenantry = tenancy();
    const response = await createFetchHandler(tenantry, handler)(ask());
    expect(response.status).toBe(500);
    expect(response.headers.get("cache-control")).toBe("no-store");
    expect(tenantry.told).toMatchObject([{ type: "request.failed" }]);
  });
});

it("never rejects: an option that throws is a generic 500", async () => {
  const handler = vi.fn(reply);
  const remoteAddress = () => {
    throw new Error("x");
  };
  const handle = createFetchHandler(tenancy(), handler, { remoteAddress });
  expect((await handle(ask())).status).toBe(500);
  expect(handler).not.toHaveBeenCalled();
});

function withLock(): Response {
  const response = new Response("x");
  response.body!.getReader();
  return response;
}
