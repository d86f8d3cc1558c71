import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { issueScope } from "../core/scope.js";
import { createKeyRing } from "../core/seal/key-ring.js";
import { sealHeader } from "../core/seal/service-seal.js";
import { isTenantryError } from "../core/tenantry-error.js";
import { acme, keys, outcome, request, services } from "./resolver.test-support.js";
import { fromSealedHeader, type FromSealedHeaderOptions } from "./sealed-header.js";

const resolver = fromSealedHeader({ audience: "reports" })(services());
const scope = issueScope(acme, { kind: "user", id: "user-1" }, []);
const sealed = (audience = "reports", ring = keys, now = Date.now()) =>
  sealHeader(ring, scope, { audience }, now);
const read = (...values: readonly string[]) =>
  outcome(() =>
    resolver.read(request({ headers: values.map((value) => ["Tenantry-Scope", value]) })),
  );

describe("fromSealedHeader", () => {
  it("gives the tenant by id, and the actor", async () => {
    expect(await read(sealed())).toEqual({
      source: "sealed-header",
      key: { by: "id", value: acme.id },
      detail: expect.stringMatching(/^for reports, until 20[0-9-]+T[0-9:]+\.000Z$/),
      actor: { kind: "user", id: "user-1" },
    });
  });

  it("is no signal without the header, and depends on it", async () => {
    expect(await read()).toBeNull();
    expect(resolver.varies).toEqual(["tenantry-scope"]);
  });

  it("reads another header where it is told to", async () => {
    const other = fromSealedHeader({ audience: "reports", header: "x-scope" })(services());
    expect(await other.read(request({ headers: [["Tenantry-Scope", sealed()]] }))).toBeNull();
    const given = request({ headers: [["X-Scope", sealed()]] });
    expect(await other.read(given)).toMatchObject({ key: { value: acme.id } });
  });

  it.each<[string, string, readonly string[]]>([
    ["an empty one", "SEAL_INVALID", [""]],
    ["a tenant's id in the plain", "SEAL_INVALID", [acme.id]],
    ["a seal for another service", "SEAL_INVALID", [sealed("billing")]],
    ["two equal ones", "SEAL_INVALID", [sealed(), sealed()]],
    ["a list", "SEAL_INVALID", [`${sealed()}, ${sealed()}`]],
    ["one of an hour ago", "SEAL_EXPIRED", [sealed("reports", keys, Date.now() - 3_600_000)]],
    [
      "one of another secret",
      "SEAL_INVALID",
      [sealed("reports", createKeyRing("another secret of at least thirty-two bytes"))],
    ],
  ])("refuses %s with %s", async (_, code, values) => {
    expect(await read(...values)).toBe(code);
  });

  it("refuses a seal that was changed anywhere", async () => {
    const good = sealed();
    const letters = fc.constantFrom(..."0123456789abcdefABCDEF.-_ =t");
    await fc.assert(
      fc.asyncProperty(fc.nat({ max: good.length - 1 }), letters, async (index, letter) => {
        const changed = good.slice(0, index) + letter + good.slice(index + 1);
        if (changed !== good) expect(await read(changed)).toBe("SEAL_INVALID");
      }),
      { numRuns: 5_000 },
    );
  });

  it.each([
    [{ audience: "" }],
    [{ audience: "re ports" }],
    [{}],
    [{ audience: "reports", header: "X-Scope" }],
    [{ audience: "reports", header: "x scope" }],
    [{ audience: "reports", header: "" }],
  ])("refuses the options %j at construction", (options) => {
    expect(() => fromSealedHeader(options as FromSealedHeaderOptions)).toThrow(
      expect.toSatisfy((error) => isTenantryError(error, "CONFIG_INVALID")),
    );
  });
});
