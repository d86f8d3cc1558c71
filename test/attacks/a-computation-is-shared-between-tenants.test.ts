import { createCache, memoryBackend, type CacheBackend } from "tenantry/cache";
import { describe, expect, it } from "vitest";
import { currentScope } from "../../src/core/context.js";
import { as, gate, newScope, pause } from "../cache/support/tenants.js";
import { codeOf } from "../database/support/outcome.js";

const [a, b] = [newScope("a"), newScope("b")];
const whose = () => currentScope().tenant.slug;
const memory = () => memoryBackend({ maxEntries: 1_000, maxBytes: 2 ** 20 });
const make = (backend: CacheBackend, onUnavailable: "throw" | "compute" = "throw") =>
  createCache<string>({
    name: "notes",
    backend,
    ttl: 60_000,
    onUnavailable,
    onEvent: () => undefined,
  });

/** A backend that is down: what is left is the computations under way. */
const down: CacheBackend = {
  read: () => Promise.reject(new Error("down")),
  open: () => Promise.reject(new Error("down")),
  write: () => Promise.reject(new Error("down")),
  remove: () => Promise.reject(new Error("down")),
  clear: () => Promise.reject(new Error("down")),
};

describe("requests that ask for the same key at one time", () => {
  it.each([
    ["with a backend", () => make(memory())],
    ["with one that is down", () => make(down, "compute")],
  ])("get their own tenant's value each, %s", async (_, open) => {
    const cache = open();
    const ready = gate();
    const ask = (scope = a) =>
      as(scope, () =>
        cache.remember("k", async () => {
          await ready.promise;
          return whose();
        }),
      );
    const asked = [ask(a), ask(b), ask(a), ask(b)];
    await pause(10);
    ready.open();
    expect(await Promise.all(asked)).toEqual(["a", "b", "a", "b"]);
  });

  it("have it computed in the scope they asked in, though another is active by then", async () => {
    // A driver that answers in whatever context it has, as callbacks of pools do.
    const real = memory();
    const waiting: (() => void)[] = [];
    const stray: CacheBackend = {
      ...real,
      read: (partition, slot) =>
        ({
          then(resolve: (value: unknown) => void) {
            waiting.push(() => void real.read(partition, slot).then(resolve));
          },
        }) as never,
    };
    const cache = make(stray);
    const asked = [
      as(a, () => cache.remember("k", whose)),
      as(b, () => cache.remember("k", whose)),
    ];
    await pause(5);
    as(b, () => waiting[0]!());
    as(a, () => waiting[1]!());
    expect(await Promise.all(asked)).toEqual(["a", "b"]);
  });

  it("would share another's where computations are kept by key alone", async () => {
    const underWay = new Map<string, Promise<string>>();
    const naive = (key: string, compute: () => Promise<string>) => {
      const running = underWay.get(key) ?? compute();
      underWay.set(key, running);
      return running;
    };
    const ask = () => naive("k", async () => (await pause(5), whose()));
    expect(await Promise.all([as(a, ask), as(b, ask)])).toEqual(["a", "a"]);
  });

  it("are refused where the value is computed without any scope", async () => {
    const cache = make(memory());
    expect(await codeOf(() => cache.remember("k", whose))).toBe("SCOPE_REQUIRED");
  });
});
