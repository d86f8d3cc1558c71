import { describe, expect, it } from "vitest";
import { isTenantryError } from "../../core/tenantry-error.js";
import type { IncomingRequest } from "../../resolver/contract.js";
import { tenancy } from "../tenancy.test-support.js";
import { incomingFromFetch } from "./from-fetch.js";
import { incomingFromNode } from "./from-node.js";

async function resolved(incoming: IncomingRequest, proxies: readonly string[] = []) {
  try {
    const resolution = await tenancy(proxies).resolver.resolve(incoming);
    return resolution.kind === "tenant" ? resolution.scope.tenant.slug : resolution.route;
  } catch (error) {
    if (isTenantryError(error)) return error.code;
    throw error;
  }
}

const fromFetch = (url: string, headers: HeadersInit = {}, peer?: string) =>
  incomingFromFetch(new Request(url, { headers }), peer);

describe("a node message", () => {
  const message = {
    method: "GET",
    url: "/x",
    rawHeaders: ["Host", "acme.example.com", "HOST", "globex.example.com", "X", "1"],
    socket: { remoteAddress: "127.0.0.1" },
  };

  it("keeps every header line in order, as it was spelled", () => {
    expect(incomingFromNode(message)).toEqual({
      method: "GET",
      target: "/x",
      headers: [
        ["Host", "acme.example.com"],
        ["HOST", "globex.example.com"],
        ["X", "1"],
      ],
      remoteAddress: "127.0.0.1",
    });
  });

  it("may be of another target than a framework left in it", () => {
    expect(incomingFromNode(message, "/t/acme/x").target).toBe("/t/acme/x");
  });

  it("says nothing where there is nothing, and no address of a socket that is gone", () => {
    expect(incomingFromNode({ rawHeaders: ["Odd"], socket: {} })).toEqual({
      method: "",
      target: "",
      headers: [],
      remoteAddress: null,
    });
  });
});

describe("a Fetch request", () => {
  it.each([
    ["the URL's host where there is no Host", fromFetch("http://acme.example.com/x"), "acme"],
    ["a URL with a port", fromFetch("https://acme.example.com:8443/x?y=/../z"), "acme"],
    [
      "a Host that agrees",
      fromFetch("http://acme.example.com/", { host: "acme.example.com:80" }),
      "acme",
    ],
    ["a central route", fromFetch("http://anything.test/public/x"), "/public/*"],
    ["a central route with a query", fromFetch("http://anything.test/healthz?a=#b"), "/healthz"],
  ])("is read by %s", async (_, incoming, expected) => {
    expect(await resolved(incoming)).toBe(expected);
  });

  it.each([
    ["a Host of another tenant", { host: "globex.example.com" }],
    ["two Hosts, joined", { host: "acme.example.com, globex.example.com" }],
    ["an empty Host", { host: "" }],
  ])("is refused with %s", async (_, headers) => {
    const incoming = fromFetch("http://acme.example.com/", headers);
    expect(await resolved(incoming)).toBe("TENANT_UNRESOLVED");
  });

  it("is refused where the URL is none of HTTP", async () => {
    expect(await resolved(fromFetch("ftp://acme.example.com/"))).toBe("TENANT_UNRESOLVED");
  });

  it("believes a forwarded host only of a peer that is known to be a proxy", async () => {
    const url = "http://acme.example.com/";
    const headers = { "x-forwarded-host": "globex.example.com" };
    const proxies = ["10.0.0.0/8"];
    expect(await resolved(fromFetch(url, headers, "10.1.2.3"), proxies)).toBe("globex");
    expect(await resolved(fromFetch(url, headers, "203.0.113.9"), proxies)).toBe("acme");
    expect(await resolved(fromFetch(url, headers), proxies)).toBe("acme");
  });
});
