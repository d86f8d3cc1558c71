import { describe, expect, it } from "vitest";
import { outcome, request } from "../resolver.test-support.js";
import { bearerToken } from "./bearer.js";

const read = (...values: readonly string[]) =>
  outcome(() => bearerToken(request({ headers: values.map((value) => ["AUTHORIZATION", value]) })));

describe("bearerToken", () => {
  it.each([["Bearer a.b.c"], ["bearer a.b.c"], ["BEARER a.b.c"]])("reads %j", async (value) => {
    expect(await read(value)).toBe("a.b.c");
  });

  it("is null without the header, and for another scheme", async () => {
    expect(await read()).toBeNull();
    expect(await read("Basic dTpw")).toBeNull();
    expect(await read("BearerX a.b.c")).toBeNull();
    expect(await read("Bearer-Plus a.b.c")).toBeNull();
  });

  it.each([
    ["no token", ["Bearer"]],
    ["two spaces", ["Bearer  a.b.c"]],
    ["a tab", ["Bearer\ta.b.c"]],
    ["a space after it", ["Bearer a.b.c "]],
    ["a space inside", ["Bearer a.b .c"]],
    ["a list", ["Bearer a.b.c, Bearer d.e.f"]],
    ["a newline", ["Bearer a.b.c\n"]],
    ["a comma right after the scheme", ["Bearer,a.b.c"]],
    ["two headers", ["Bearer a.b.c", "Bearer d.e.f"]],
    ["two equal headers", ["Bearer a.b.c", "Bearer a.b.c"]],
    ["a second header of another scheme", ["Basic dTpw", "Bearer a.b.c"]],
    ["two headers of another scheme", ["Basic dTpw", "Basic dTpw"]],
  ])("refuses %s", async (_, values) => {
    expect(await read(...values)).toBe("TOKEN_INVALID");
  });
});
