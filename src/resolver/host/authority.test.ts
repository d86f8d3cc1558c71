import { describe, expect, it } from "vitest";
import type { IncomingRequest } from "../contract.js";
import { outcome, request, type HeaderLines } from "../resolver.test-support.js";
import { createAuthorityReader } from "./authority.js";

const proxied = createAuthorityReader(["10.0.0.0/8"]);
const hostOf = (given: IncomingRequest, reader = proxied) => outcome(() => reader.hostOf(given));
const withHeaders = (...headers: HeaderLines) => request({ headers });
const fromProxy = (...headers: HeaderLines) =>
  request({ remoteAddress: "::ffff:10.0.0.7", host: "app.internal", headers });

describe("the Host header", () => {
  it("names the host, in its one spelling", async () => {
    expect(await hostOf(request({ host: "ACME.example.com.:443" }))).toBe("acme.example.com");
  });

  it.each<[string, IncomingRequest]>([
    ["no Host", withHeaders()],
    ["two Hosts", withHeaders(["Host", "a.test"], ["Host", "b.test"])],
    ["two Hosts that say the same", withHeaders(["Host", "a.test"], ["HOST", "a.test"])],
    ["an empty Host", request({ host: "" })],
    ["userinfo", request({ host: "a@b" })],
  ])("is refused: %s", async (_, given) => {
    expect(await hostOf(given)).toBe("TENANT_UNRESOLVED");
  });
});

describe(":authority, as HTTP/2 has it", () => {
  it("stands for Host, alone or with a Host that agrees", async () => {
    expect(await hostOf(withHeaders([":authority", "acme.test"]))).toBe("acme.test");
    const both = withHeaders([":authority", "acme.test"], ["host", "ACME.test:443"]);
    expect(await hostOf(both)).toBe("acme.test");
  });

  it.each<[string, IncomingRequest]>([
    ["a Host that differs", withHeaders([":authority", "a.test"], ["host", "b.test"])],
    ["two of them", withHeaders([":authority", "a.test"], [":authority", "a.test"])],
    ["an empty one", withHeaders([":authority", ""], ["host", "a.test"])],
  ])("is refused: %s", async (_, given) => {
    expect(await hostOf(given)).toBe("TENANT_UNRESOLVED");
  });
});

describe("an absolute-form target", () => {
  it.each([
    ["http://acme.test/x", "acme.test"],
    ["https://ACME.test:443/x", "acme.test."],
    ["HTTP://acme.test", "acme.test:80"],
    ["http://acme.test?x=/y", "acme.test"],
  ])("%s agrees with Host %s", async (target, host) => {
    expect(await hostOf(request({ target, host }))).toBe("acme.test");
  });

  it.each([
    ["http://globex.test/", "acme.test"],
    ["http://acme.test@globex.test/", "acme.test"],
    ["http://acme.test\\@globex.test/", "acme.test"],
    ["http://acme.test#@globex.test/", "acme.test"],
    ["http:///acme.test", "acme.test"],
    ["http:acme.test", "acme.test"],
    ["ftp://acme.test/", "acme.test"],
    ["acme.test:443", "acme.test"],
    ["", "acme.test"],
    ["http://acme.test/\u00e9", "acme.test"],
  ])("%s is refused with Host %s", async (target, host) => {
    expect(await hostOf(request({ target, host }))).toBe("TENANT_UNRESOLVED");
  });

  it("does not make up for a missing Host", async () => {
    expect(await hostOf(request({ target: "http://acme.test/" }))).toBe("TENANT_UNRESOLVED");
  });
});

describe("X-Forwarded-Host", () => {
  it("takes the place of Host when a trusted proxy sends it", async () => {
    expect(await hostOf(fromProxy(["X-Forwarded-Host", "Acme.test:443"]))).toBe("acme.test");
  });

  it("may come with a Host that is no name, as proxies often connect to an address", async () => {
    const given = request({
      remoteAddress: "10.0.0.7",
      host: "10.0.0.20:8080",
      headers: [["x-forwarded-host", "acme.test"]],
    });
    expect(await hostOf(given)).toBe("acme.test");
  });

  it("leaves Host in force where the trusted proxy sends none", async () => {
    expect(await hostOf(fromProxy())).toBe("app.internal");
  });

  it.each<[string, HeaderLines]>([
    ["a list", [["X-Forwarded-Host", "a.test, b.test"]]],
    [
      "two lines",
      [
        ["X-Forwarded-Host", "a.test"],
        ["x-forwarded-host", "a.test"],
      ],
    ],
    ["an empty value", [["X-Forwarded-Host", ""]]],
    ["an address", [["X-Forwarded-Host", "127.0.0.1"]]],
    [
      "a second Host",
      [
        ["X-Forwarded-Host", "a.test"],
        ["Host", "b.test"],
      ],
    ],
  ])("from a trusted proxy is refused with %s", async (_, headers) => {
    expect(await hostOf(fromProxy(...headers))).toBe("TENANT_UNRESOLVED");
  });

  it.each([["203.0.113.9"], ["11.0.0.1"], [null]])(
    "from %s is ignored, whatever it says",
    async (remoteAddress) => {
      for (const value of ["globex.test", "a, b", ""]) {
        const headers: HeaderLines = [
          ["X-Forwarded-Host", value],
          ["X-Forwarded-Host", value],
        ];
        expect(await hostOf(request({ host: "acme.test", headers, remoteAddress }))).toBe(
          "acme.test",
        );
      }
    },
  );

  it("is not believed from loopback unless loopback is listed", async () => {
    const given = request({
      host: "acme.test",
      remoteAddress: "127.0.0.1",
      headers: [["X-Forwarded-Host", "globex.test"]],
    });
    expect(await hostOf(given, createAuthorityReader([]))).toBe("acme.test");
    expect(await hostOf(given, createAuthorityReader(["127.0.0.1"]))).toBe("globex.test");
  });

  it("belongs into Vary only where proxies are trusted", () => {
    expect(proxied.varies).toEqual(["x-forwarded-host"]);
    expect(createAuthorityReader([]).varies).toEqual([]);
  });
});

it("never reads Forwarded (RFC 7239), not even from a trusted proxy", async () => {
  expect(await hostOf(fromProxy(["Forwarded", "host=globex.test"]))).toBe("app.internal");
});

it("works the host of a request out once", async () => {
  let reads = 0;
  const given: IncomingRequest = {
    ...request(),
    get headers(): HeaderLines {
      reads += 1;
      return [["Host", "acme.test"]];
    },
  };
  await hostOf(given);
  const before = reads;
  expect(await hostOf(given)).toBe("acme.test");
  expect(reads).toBe(before);
});

it("does not put userinfo, which may be a password, into the error", () => {
  expect(() => proxied.hostOf(request({ host: "user:hunter2@acme.test" }))).toThrow(
    expect.toSatisfy((error: Error) => !error.message.includes("hunter2")),
  );
});
