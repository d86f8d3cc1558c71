import { AsyncLocalStorage } from "node:async_hooks";
import { randomBytes } from "node:crypto";
import { inspect } from "node:util";
import { Redis } from "ioredis";
import type * as CacheModule from "../../src/cache/index.js";
import type { Cache, CacheBackend, CacheOptions } from "../../src/cache/index.js";
import { currentScope } from "../../src/core/context.js";
import { as, gate, newScope, pause } from "../cache/support/tenants.js";
import { removeKeys } from "../cache/support/remove-keys.js";
import { codeOf } from "../database/support/outcome.js";
import { until } from "../support/until.js";
import { openTcpProxy } from "../registry/tcp-proxy.js";

/** The cache of a copy of the sources. */
export type Copy = typeof CacheModule;
type Probe = (copy: Copy) => Promise<boolean>;

const whose = () => currentScope().tenant.id;
const memoryOf = (copy: Copy, maxEntries = 10_000) =>
  copy.memoryBackend({ maxEntries, maxBytes: 2 ** 24 });

function make<V>(copy: Copy, more: Partial<CacheOptions<V>> = {}): Cache<V> {
  return copy.createCache<V>({
    name: "notes",
    backend: memoryOf(copy),
    ttl: 60_000,
    onUnavailable: "throw",
    onEvent: () => undefined,
    ...more,
  });
}

const failing = () => Promise.reject(new Error("down"));
const down: CacheBackend = {
  read: failing,
  open: failing,
  write: failing,
  remove: failing,
  clear: failing,
};

/** Begins a computation, changes the cache, ends the computation; what is there then. */
async function overtaken(cache: Cache<string>, change: () => Promise<unknown>) {
  const [ready, started] = [gate<string>(), gate()];
  const first = cache.remember("k", () => (started.open(), ready.promise));
  await started.promise;
  await change();
  ready.open("before");
  await first;
  return cache.get("k");
}

/** Each is true where the copy does what it should. */
export const cacheProbes: Readonly<Record<string, Probe>> = {
  async "each-tenant-has-its-own-values"(copy) {
    const [a, b] = [newScope(), newScope()];
    const cache = make<string>(copy);
    await as(a, () => cache.set("k", "a"));
    if ((await as(b, () => cache.get("k"))) !== undefined) return false;
    const answers = await Promise.all(
      [a, b, a, b].map((scope) => as(scope, () => cache.remember("l", whose))),
    );
    await as(b, () => cache.clear());
    return (
      answers.every((id, i) => id === (i % 2 ? b : a).tenant.id) &&
      (await as(a, () => cache.get("k"))) === "a"
    );
  },

  async "no-computation-is-shared-between-tenants"(copy) {
    const [a, b] = [newScope(), newScope()];
    const options = { backend: down, onUnavailable: "compute" } as const;
    const cache = make<string>(copy, options);
    const slow = async () => (await pause(10), whose());
    const answers = await Promise.all(
      [a, b].map((scope) => as(scope, () => cache.remember("k", slow))),
    );
    return answers[0] === a.tenant.id && answers[1] === b.tenant.id;
  },

  async "a-refresh-runs-in-its-tenants-scope"(copy) {
    const request = new AsyncLocalStorage<string>();
    const a = newScope();
    const cache = make<string>(copy, { ttl: 1, staleFor: 60_000 });
    await as(a, () => cache.set("k", "old"));
    await pause(10);
    const seen: unknown[] = [];
    await request.run("of a request", () =>
      as(a, () => cache.remember("k", () => (seen.push(whose(), request.getStore()), "new"))),
    );
    await until(() => seen.length > 0, 500);
    return seen[0] === a.tenant.id && seen[1] === undefined;
  },

  async "refreshes-are-bounded"(copy) {
    const a = newScope();
    const cache = make<string>(copy, { ttl: 1, staleFor: 60_000, maxRefreshes: 4 });
    const keys = Array.from({ length: 12 }, (_, i) => `${i}`);
    const ready = gate<string>();
    let running = 0;
    await as(a, () => Promise.all(keys.map((key) => cache.set(key, "old"))));
    await pause(10);
    const compute = () => ((running += 1), ready.promise);
    await as(a, () => Promise.all(keys.map((key) => cache.remember(key, compute))));
    await pause(10);
    ready.open("new");
    return running === 1;
  },

  async "one-computation-serves-all-who-ask"(copy) {
    const cache = make<number>(copy);
    let computed = 0;
    const slow = async () => (await pause(20), (computed += 1));
    await as(newScope(), () => Promise.all([1, 2, 3].map(() => cache.remember("k", slow))));
    return computed === 1;
  },

  async "nobody-joins-what-a-delete-overtook"(copy) {
    const cache = make<string>(copy);
    return as(newScope(), async () => {
      let after: Promise<string> | undefined;
      await overtaken(cache, async () => {
        await cache.delete("k");
        after = cache.remember("k", () => "after");
        await pause(10);
      });
      return (await after) === "after";
    });
  },

  async "what-a-change-overtook-is-not-kept"(copy) {
    const cache = make<string>(copy);
    return as(newScope(), async () => {
      const deleted = await overtaken(cache, () => cache.delete("k"));
      if (deleted !== undefined) return false;
      const change = () => cache.clear().then(() => cache.set("l", "x"));
      return (await overtaken(cache, change)) === undefined;
    });
  },

  async "what-is-late-is-not-kept"(copy) {
    const cache = make<string>(copy, { computeTimeout: 20 });
    const late = gate<string>();
    return as(newScope(), async () => {
      await codeOf(() => cache.remember("k", () => late.promise));
      late.open("late");
      await pause(20);
      return (await cache.get("k")) === undefined;
    });
  },

  async "values-are-copies"(copy) {
    const codec = { encode: (value: Buffer) => value, decode: (bytes: Buffer) => bytes };
    const cache = make<Buffer>(copy, { codec });
    const slow = async () => (await pause(10), Buffer.from("abc"));
    const [first, second] = await as(newScope(), () =>
      Promise.all([cache.remember("k", slow), cache.remember("k", slow)]),
    );
    first.fill(0);
    return second.toString() === "abc";
  },

  async "no-two-keys-are-one"(copy) {
    const cache = make<string>(copy);
    return as(newScope(), async () => {
      await cache.set("\ud800", "first");
      return (await cache.get("\ud801")) === undefined && (await cache.get("\ufffd")) === undefined;
    });
  },

  async "a-lost-invalidation-is-told"(copy) {
    const cache = make<string>(copy, { backend: down, onUnavailable: "compute" });
    return as(newScope(), async () => {
      const codes = [await codeOf(() => cache.delete("k")), await codeOf(() => cache.clear())];
      return codes.every((code) => code === "CACHE_UNAVAILABLE");
    });
  },

  async "memory-is-shared-out"(copy) {
    const [quiet, noisy] = [newScope(), newScope()];
    const cache = make<number>(copy, { backend: memoryOf(copy, 50) });
    await as(quiet, () => Promise.all([1, 2, 3].map((n) => cache.set(`${n}`, n))));
    for (let i = 0; i < 200; i++) await as(noisy, () => cache.set(`${i}`, i));
    const left = await as(quiet, () => Promise.all([1, 2, 3].map((n) => cache.get(`${n}`))));
    return left.every((value) => value !== undefined);
  },

  "a-tenant-has-its-limit": (copy) => hasItsLimit(make(copy, { maxEntriesPerTenant: 5 })),
};

async function hasItsLimit(cache: Cache<number>): Promise<boolean> {
  return as(newScope(), async () => {
    const keys = Array.from({ length: 20 }, (_, i) => `${i}`);
    for (const key of keys) await cache.set(key, 1);
    const left = await Promise.all(keys.map((key) => cache.get(key)));
    return left.filter((value) => value !== undefined).length === 5;
  });
}

interface Hands {
  readonly redis: Redis;
  readonly cache: Cache<string>;
  /** The cache again, without a secret or with other options. */
  other(more: Partial<CacheOptions<string>>): Cache<string>;
  readonly a: ReturnType<typeof newScope>;
  readonly b: ReturnType<typeof newScope>;
  /** The keys that there are. */
  keys(): Promise<readonly string[]>;
  hash(scope: ReturnType<typeof newScope>): string;
  record(scope: ReturnType<typeof newScope>): Promise<readonly [field: string, record: Buffer]>;
}

/** The probes of what is kept in Redis. */
export function redisProbes(url: string): Readonly<Record<string, Probe>> {
  const secret = randomBytes(32).toString("hex");
  const withRedis =
    (
      work: (hands: Hands) => Promise<boolean>,
      options: Partial<CacheOptions<string>> = {},
    ): Probe =>
    async (copy) => {
      const prefix = `tenantry-test-${randomBytes(8).toString("hex")}`;
      const redis = new Redis(url);
      const backend = copy.ioredisBackend(redis, { prefix, timeout: 5_000 });
      const other = (more: Partial<CacheOptions<string>>) =>
        make<string>(copy, { backend, ...more });
      const hash = (scope: ReturnType<typeof newScope>) =>
        `${prefix}:{${scope.tenant.id}}:cache:notes`;
      try {
        return await work({
          redis,
          cache: other(options),
          other,
          a: newScope(),
          b: newScope(),
          keys: () => redis.keys(`${prefix}*`),
          hash,
          async record(scope) {
            const fields = await redis.hkeys(hash(scope));
            const field = fields.find(({ length }) => length === 43)!;
            return [field, (await redis.hgetBuffer(hash(scope), field))!];
          },
        });
      } finally {
        await removeKeys(redis, prefix);
        redis.disconnect();
      }
    };

  return {
    "a-planted-value-is-refused": withRedis(async ({ redis, cache, a, b, hash, record }) => {
      await as(a, () => cache.set("k", "a"));
      await as(b, () => cache.set("k", "b"));
      await redis.hset(hash(a), (await record(a))[0], (await record(b))[1]);
      await redis.hset(hash(a), "g", (await redis.hget(hash(b), "g"))!);
      return (await as(a, () => cache.get("k"))) === undefined;
    }),

    "a-forged-value-is-refused": withRedis(
      async ({ redis, cache, a, hash, record }) => {
        const answers = [];
        for (const at of [-1, 140]) {
          await as(a, () => cache.set("k", "11"));
          const [field, bytes] = await record(a);
          // The value's last digit but one, or a digit of its expiry.
          bytes[at < 0 ? bytes.length - 2 : at]! ^= 1;
          await redis.hset(hash(a), field, bytes);
          answers.push(await as(a, () => cache.get("k")));
        }
        return answers.every((answer) => answer === undefined);
      },
      { secret },
    ),

    "a-value-without-a-mac-is-refused": withRedis(
      async ({ cache, other, a }) => {
        await as(a, () => other({}).set("k", "forged"));
        return (await as(a, () => cache.get("k"))) === undefined;
      },
      { secret },
    ),

    "a-value-of-before-a-clear-is-refused": withRedis(
      async ({ redis, cache, a, hash, record }) => {
        await as(a, () => cache.set("k", "old"));
        const [field, old] = await record(a);
        await as(a, () => cache.clear());
        await as(a, () => cache.set("k", "new"));
        await redis.hset(hash(a), field, old);
        return (await as(a, () => cache.get("k"))) === undefined;
      },
      { secret },
    ),

    // Another key is written after the clear, in a bucket that has seen no change: "l" and "k".
    "what-a-clear-overtook-is-not-kept-in-redis": withRedis(async ({ redis, cache, a, hash }) =>
      as(a, async () => {
        const change = () => cache.clear().then(() => cache.set("l", "x"));
        const left = await overtaken(cache, change);
        const fields = await redis.hkeys(hash(a));
        return left === undefined && fields.filter(({ length }) => length === 43).length === 1;
      }),
    ),

    "what-a-delete-overtook-is-not-kept-in-redis": withRedis(async ({ cache, a }) =>
      as(a, async () => (await overtaken(cache, () => cache.delete("k"))) === undefined),
    ),

    "a-tenant-has-its-limit-in-redis": withRedis(({ other }) =>
      hasItsLimit(other({ maxEntriesPerTenant: 5 }) as unknown as Cache<number>),
    ),

    "an-error-tells-no-value": withRedis(async ({ redis, cache, a, hash }) => {
      // `open` passes, and the write meets a value of another type.
      await redis.hset(hash(a), "g", "x".repeat(22));
      await redis.set(`${hash(a)}:index`, "not a set");
      const error = await as(a, () => cache.set("k", "canary")).catch((given: unknown) => given);
      const text = inspect(error, { depth: 9 });
      // As text, and as a buffer shows its first bytes.
      return text.includes("WRONGTYPE") && !/c1\.|canary|63 31 2e/.test(text);
    }),

    async "a-silent-server-is-given-up"(copy) {
      const proxy = await openTcpProxy(url);
      const client = new Redis(proxy.url).on("error", () => undefined);
      try {
        await client.ping();
        const backend = copy.ioredisBackend(client, { timeout: 100 });
        const cache = make<string>(copy, { backend, onUnavailable: "compute" });
        proxy.blackhole();
        const answer = as(newScope(), () => cache.get("k")).then(() => "answered");
        return (await Promise.race([answer, pause(3_000)])) === "answered";
      } finally {
        client.disconnect();
        await proxy.close();
      }
    },

    "a-tenants-keys-are-in-one-slot-of-its-own": withRedis(async ({ cache, other, a, b, keys }) => {
      for (const scope of [a, b]) {
        await as(scope, () => cache.set("k", "x"));
        await as(scope, () => other({ name: "others" }).set("k", "x"));
      }
      const tags = (await keys()).map((key) => /\{([^}]*)\}/.exec(key)?.[1]);
      const ids = new Set([a.tenant.id, b.tenant.id]);
      return tags.length === 8 && tags.every((tag) => tag !== undefined && ids.has(tag));
    }),
  };
}
