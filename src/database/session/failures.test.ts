import { describe, expect, it } from "vitest";
import { TenantryError } from "../../core/tenantry-error.js";
import { fromDatabase, isStalePlan } from "./failures.js";

const fromServer = (code: string, message = "x", severity = "ERROR") =>
  Object.assign(new Error(message), { code, severity });
const fromSystem = (code: string) => Object.assign(new Error("x"), { code });
const codeOf = (error: unknown) => (fromDatabase(error as Error) as { code?: string }).code;

describe("an error of the database", () => {
  it.each([
    "22012",
    "23505",
    "40001",
    "40P01",
    "42501",
    "42601",
    "42P01",
    "57014",
    "53300",
    "P0001",
  ])("passes as pg raises it: %s", (code) => {
    const error = fromServer(code);
    expect(fromDatabase(error)).toBe(error);
  });

  it.each(["TN001", "TN002", "TN003"])("is a refused scope: %s", (code) => {
    const error = fromServer(code);
    expect(fromDatabase(error)).toMatchObject({ code: "DATABASE_SCOPE_REFUSED", cause: error });
  });

  it.each(["57P01", "57P02", "57P03", "08000", "08003", "08006"])(
    "is a lost server: %s",
    (code) => {
      expect(codeOf(fromServer(code, "x", "FATAL"))).toBe("DATABASE_UNAVAILABLE");
    },
  );

  it("is the caller's mistake or the pooler's loss, by its severity: 08P01", () => {
    expect(codeOf(fromServer("08P01", "bind message supplies 0 parameters"))).toBe("08P01");
    expect(codeOf(fromServer("08P01", "server conn crashed?", "FATAL"))).toBe(
      "DATABASE_UNAVAILABLE",
    );
  });

  it("is a refusal where the text had several statements", () => {
    const error = fromServer("42601", "cannot insert multiple commands into a prepared statement");
    expect(codeOf(error)).toBe("STATEMENT_REFUSED");
  });
});

describe("an error of the connection", () => {
  it.each(["ECONNREFUSED", "ECONNRESET", "ETIMEDOUT", "ENOTFOUND", "EPIPE"])(
    "is a lost server: %s",
    (code) => {
      expect(codeOf(fromSystem(code))).toBe("DATABASE_UNAVAILABLE");
    },
  );

  it.each([
    "Connection terminated",
    "Connection terminated unexpectedly",
    "Client was closed and is not queryable",
    "Client has encountered a connection error and is not queryable",
    "Query read timeout",
    "timeout expired",
  ])("is one by its message: %s", (message) => {
    expect(codeOf(new Error(message))).toBe("DATABASE_UNAVAILABLE");
  });

  it("is not every error: a caller's own and Tenantry's pass as they are", () => {
    const own = new Error("my type parser failed");
    const ours = new TenantryError("SCOPE_CHANGED", { message: "a", fix: "b" });
    expect(fromDatabase(own)).toBe(own);
    expect(fromDatabase(ours)).toBe(ours);
  });
});

describe("a plan that is no longer good", () => {
  it("is known by its message, since its code has other uses", () => {
    expect(isStalePlan(fromServer("0A000", "cached plan must not change result type"))).toBe(true);
    expect(isStalePlan(fromServer("0A000", "cannot update view"))).toBe(false);
    expect(isStalePlan(new Error("cached plan must not change result type"))).toBe(false);
  });
});
