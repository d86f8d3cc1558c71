import { describe, expect, it } from "vitest";
import { errorCodes, type ErrorCode } from "../core/errors.js";
import { TenantryError } from "../core/tenantry-error.js";
import { answerTo } from "./answer.js";
import { answerToFailure } from "./failure.js";
import { tenancy } from "./tenancy.test-support.js";

const every = Object.keys(errorCodes) as ErrorCode[];
const error = (code: ErrorCode, message = "tenant 7 of hunter2") =>
  new TenantryError(code, { message, fix: "hunter2", cause: new Error("hunter2") });

describe("the answer to an error", () => {
  it.each(every)("%s has its status, code and title, whatever its message", (code) => {
    const answer = answerTo(error(code));
    const { status, title } = errorCodes[code];
    expect(answer).toEqual(answerTo(error(code, "another message")));
    expect(answer.status).toBe(status);
    expect(JSON.parse(answer.body)).toEqual({ error: { code, title } });
    expect(answer.headers["content-length"]).toBe(String(Buffer.byteLength(answer.body)));
    expect(answer.headers["cache-control"]).toBe("no-store");
  });

  it("challenges on 401 and asks to wait on 429 and 503, and on nothing else", () => {
    for (const code of every) {
      const { headers, status } = answerTo(error(code));
      expect(headers["www-authenticate"]).toBe(status === 401 ? "Bearer" : undefined);
      expect(headers["retry-after"]).toBe(status === 503 || status === 429 ? "1" : undefined);
    }
  });

  it.each([
    [7, "7"],
    [86_400, "86400"],
    [0.2, "1"],
    [0, "1"],
    [-5, "1"],
    [Number.NaN, "1"],
    [Number.POSITIVE_INFINITY, "1"],
  ])("asks to wait as long as the error says: %d s as %s", (retryAfter, header) => {
    for (const code of every) {
      const given = answerTo(new TenantryError(code, { message: "x", fix: "y", retryAfter }));
      const { status, headers } = answerTo(error(code));
      const waits = status === 429 || status === 503;
      expect(given.headers).toEqual(waits ? { ...headers, "retry-after": header } : headers);
      expect(given.body).toBe(answerTo(error(code)).body);
    }
  });
});

describe("the answer to a failure", () => {
  const given = (failure: unknown) => {
    const { events, told } = tenancy();
    const { status, body } = answerToFailure(events, failure);
    return { status, told, code: (JSON.parse(body) as { error: { code: string } }).error.code };
  };

  it.each([
    ["an error with an upstream's status", Object.assign(new Error("x"), { status: 404 })],
    ["an error with a status that is none", Object.assign(new Error("x"), { expose: true })],
    ["a server's fault", Object.assign(new Error("x"), { status: 502, expose: false })],
    ["a status out of range", Object.assign(new Error("x"), { status: 200, expose: true })],
    ["a fraction", Object.assign(new Error("x"), { status: 400.5, expose: true })],
    ["a text", "hunter2"],
    [
      "a status of 500 of Fastify's",
      Object.assign(new Error("x"), { statusCode: 500, code: "FST_X" }),
    ],
    ["a status of no framework's", Object.assign(new Error("x"), { statusCode: 404, code: "UND" })],
    ["nothing", undefined],
    ["an object that is no error", { status: 400, expose: true }],
  ])("is a generic 500 and an event for %s", (_, failure) => {
    const { status, code, told } = given(failure);
    expect([status, code]).toEqual([500, "INTERNAL"]);
    expect(told).toMatchObject([{ type: "request.failed", detail: { code: "INTERNAL" } }]);
    expect(JSON.stringify(told)).not.toContain("hunter2");
  });

  it.each([
    ["a body that is no JSON", Object.assign(new Error("x"), { status: 400, expose: true }), 400],
    ["Fastify's error", Object.assign(new Error("x"), { statusCode: 415, code: "FST_X" }), 415],
    ["a body too large", Object.assign(new Error("x"), { status: 413, expose: true }), 413],
    ["a path that cannot be decoded", Object.assign(new URIError("x"), { status: 400 }), 400],
  ])("keeps the status of the client's fault: %s", (_, failure, status) => {
    expect(given(failure)).toEqual({ status, code: "REQUEST_INVALID", told: [] });
  });

  it("is that of a missing row for a missing file", () => {
    const missing = Object.assign(new Error("/srv/x"), { status: 404, expose: false });
    expect(given(missing)).toEqual({ status: 404, code: "NOT_FOUND", told: [] });
  });

  it("tells of Tenantry's own errors from 500 up only", () => {
    expect(given(error("TENANT_MISMATCH")).told).toEqual([]);
    expect(given(error("POOL_EXHAUSTED")).told).toMatchObject([{ type: "request.failed" }]);
    expect(given(error("LIMIT_UNAVAILABLE")).told).toMatchObject([{ type: "request.failed" }]);
  });

  it("tells of no tenant that has reached its own limit", () => {
    expect(given(error("RATE_LIMITED"))).toEqual({ status: 429, code: "RATE_LIMITED", told: [] });
    expect(given(error("TENANT_BUSY"))).toEqual({ status: 503, code: "TENANT_BUSY", told: [] });
  });

  it("tells an event of bounded size, even where an error has odd parts", () => {
    const long = new Error("m".repeat(5000));
    const [event] = given(long).told;
    expect(JSON.stringify(event).length).toBeLessThan(5000);
    expect(given(Object.assign(new Error("x"), { stack: 7 })).told).toHaveLength(1);
  });
});
