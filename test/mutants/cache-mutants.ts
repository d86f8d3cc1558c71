import type { FileChanges } from "./source-copy.js";

/** A copy of `src` with one thing wrong in it, and the probe that must notice. */
export interface CacheMutant {
  readonly name: string;
  readonly changes: FileChanges;
  /** A probe of cache-probes.ts. */
  readonly killedBy: string;
}

const digestNamesNoTenant = [
  "cache/place.ts",
  "JSON.stringify([partition.tenantId, cache, key])",
  "JSON.stringify([cache, key])",
] as const;
const memoryKnowsNoTenant = [
  "cache/memory/memory-backend.ts",
  "`${tenantId}:${cache}`",
  "`${cache}${tenantId.slice(36)}`",
] as const;
const envelopeAsksForNoTenant = [
  "cache/envelope.ts",
  `if (tenantId !== place.partition.tenantId) return misfit("tenant");`,
  "",
] as const;
const envelopeAsksForNoPlace = [
  "cache/envelope.ts",
  `if (field !== place.field) return misfit("place");`,
  "",
] as const;

export const cacheMutants: readonly CacheMutant[] = [
  {
    name: "no key names the tenant",
    changes: [digestNamesNoTenant, memoryKnowsNoTenant, envelopeAsksForNoTenant],
    killedBy: "each-tenant-has-its-own-values",
  },
  {
    name: "the tenant is asked for once",
    changes: [
      [
        "cache/place.ts",
        "const tenantId = scope.tenant.id;",
        "const tenantId = (first ??= scope.tenant.id);",
      ],
      [
        "cache/place.ts",
        "/** Where an entry is, for",
        "let first: string | undefined;\n/** Where an entry is, for",
      ],
    ],
    killedBy: "each-tenant-has-its-own-values",
  },
  {
    name: "computations are kept by a name without the tenant",
    changes: [digestNamesNoTenant],
    killedBy: "no-computation-is-shared-between-tenants",
  },
  {
    name: "a computation runs in whatever scope there is",
    changes: [
      ["cache/create-cache.ts", "runInScope(place.scope, started, { nested: true })", "started()"],
    ],
    killedBy: "a-refresh-runs-in-its-tenants-scope",
  },
  {
    name: "a refresh takes the request along",
    changes: [
      [
        "cache/refreshes.ts",
        "outside.runInAsyncScope(() => runDetached(() => void work().catch(onFailure).finally(done)));",
        "void outside; void runDetached; void work().catch(onFailure).finally(done);",
      ],
    ],
    killedBy: "a-refresh-runs-in-its-tenants-scope",
  },
  {
    name: "refreshes have no bound",
    changes: [["cache/refreshes.ts", "if (all >= most || its >= mostPerTenant) return;", ""]],
    killedBy: "refreshes-are-bounded",
  },
  {
    name: "nobody joins a computation",
    changes: [["cache/flights.ts", "if (running !== undefined) return running;", ""]],
    killedBy: "one-computation-serves-all-who-ask",
  },
  {
    name: "who comes after a delete joins what began before",
    changes: [
      [
        "cache/create-cache.ts",
        "`${place.field}.${fence.generation}.${fence.epoch}`",
        "place.field",
      ],
    ],
    killedBy: "nobody-joins-what-a-delete-overtook",
  },
  {
    name: "memory takes what was begun before a change",
    changes: [
      [
        "cache/memory/memory-backend.ts",
        "share === undefined || !share.isCurrent(slot.bucket, entry.fence)",
        "share === undefined",
      ],
    ],
    killedBy: "what-a-change-overtook-is-not-kept",
  },
  {
    name: "memory forgets that something was deleted",
    changes: [
      [
        "cache/memory/memory-backend.ts",
        "share.change(slot.bucket);\n      return counted",
        "return counted",
      ],
    ],
    killedBy: "what-a-change-overtook-is-not-kept",
  },
  {
    name: "a computation that is too late is kept",
    changes: [["cache/create-cache.ts", "fence === null || signal.aborted", "fence === null"]],
    killedBy: "what-is-late-is-not-kept",
  },
  {
    name: "those who wait share one value",
    changes: [["cache/store.ts", "codec.decode(Buffer.from(payload))", "codec.decode(payload)"]],
    killedBy: "values-are-copies",
  },
  {
    name: "keys are joined as they are",
    changes: [
      [
        "cache/place.ts",
        "JSON.stringify([partition.tenantId, cache, key])",
        `[partition.tenantId, cache, key].join(":")`,
      ],
    ],
    killedBy: "no-two-keys-are-one",
  },
  {
    name: "a delete that did not happen passes",
    changes: [
      [
        "cache/create-cache.ts",
        "return reports.asking(() => backend.remove(place.partition, place));",
        "return ifAvailable(() => reports.asking(() => backend.remove(place.partition, place)), false);",
      ],
    ],
    killedBy: "a-lost-invalidation-is-told",
  },
  {
    name: "a clear that did not happen passes",
    changes: [
      [
        "cache/create-cache.ts",
        "await reports.asking(() => backend.clear(partition));",
        "await ifAvailable(() => reports.asking(() => backend.clear(partition)), undefined);",
      ],
    ],
    killedBy: "a-lost-invalidation-is-told",
  },
  {
    name: "a tenant may fill the memory of all",
    changes: [
      ["cache/memory/memory-backend.ts", "return chosen;", "return shares.values().next().value!;"],
    ],
    killedBy: "memory-is-shared-out",
  },
  {
    name: "a tenant has no limit in memory",
    changes: [
      ["cache/memory/share.ts", "while (this.count >= maxEntries", "while (this.count >= 1e9"],
      [
        "cache/memory/share.ts",
        "this.bytes + record.length + overhead > maxBytes",
        "maxBytes < maxEntries",
      ],
    ],
    killedBy: "a-tenant-has-its-limit",
  },
];

/** These need the real Redis. */
export const redisMutants: readonly CacheMutant[] = [
  {
    name: "a planted value is believed",
    changes: [envelopeAsksForNoTenant, envelopeAsksForNoPlace],
    killedBy: "a-planted-value-is-refused",
  },
  {
    name: "a MAC is not compared",
    changes: [
      [
        "cache/envelope.ts",
        `genuine ? payload : "seal-forged"`,
        `genuine || true ? payload : "seal-forged"`,
      ],
    ],
    killedBy: "a-forged-value-is-refused",
  },
  {
    name: "a missing MAC is no forged one",
    changes: [
      [
        "cache/envelope.ts",
        `if (keyId === noKey) return "seal-missing";`,
        "if (keyId === noKey) return rest;",
      ],
    ],
    killedBy: "a-value-without-a-mac-is-refused",
  },
  {
    name: "a MAC leaves the header out",
    changes: [["cache/envelope.ts", ".update(head).update(payload)", ".update(payload)"]],
    killedBy: "a-forged-value-is-refused",
  },
  {
    name: "a value of before a clear is believed",
    changes: [
      ["cache/envelope.ts", `if (itsGeneration !== generation) return misfit("generation");`, ""],
    ],
    killedBy: "a-value-of-before-a-clear-is-refused",
  },
  {
    name: "Redis takes what was begun before a clear",
    changes: [["cache/redis/scripts.ts", "if generation ~= ARGV[1] then return 0 end", ""]],
    killedBy: "what-a-clear-overtook-is-not-kept-in-redis",
  },
  {
    name: "Redis takes what was begun before a change",
    changes: [["cache/redis/scripts.ts", "if (changes or '0') ~= ARGV[2] then return 0 end", ""]],
    killedBy: "what-a-delete-overtook-is-not-kept-in-redis",
  },
  {
    name: "Redis forgets that something was deleted",
    changes: [
      [
        "cache/redis/scripts.ts",
        "redis.call('HINCRBY', hash, ARGV[1], 1)\nlocal length",
        "local length",
      ],
    ],
    killedBy: "what-a-delete-overtook-is-not-kept-in-redis",
  },
  {
    name: "a tenant has no limit in Redis",
    changes: [
      [
        "cache/redis/scripts.ts",
        "return entries < mostEntries and bytes + size <= mostBytes",
        "return true",
      ],
    ],
    killedBy: "a-tenant-has-its-limit-in-redis",
  },
  {
    name: "a driver's error is passed on whole",
    changes: [
      ["cache/problems.ts", "{ cause: withoutData(cause) }", "{ cause }"],
      ["cache/problems.ts", "function withoutData", "export function withoutData"],
    ],
    killedBy: "an-error-tells-no-value",
  },
  {
    name: "a call has all the time there is",
    changes: [
      [
        "cache/redis/guard.ts",
        "await within(timeout, work())",
        "await within(timeout * 1e4, work())",
      ],
    ],
    killedBy: "a-silent-server-is-given-up",
  },
  {
    name: "the tenant is outside of the braces",
    changes: [
      [
        "cache/redis/redis-backend.ts",
        "`${prefix}:{${tenantId}}:cache:${cache}`",
        "`${prefix}:${tenantId}:cache:{${cache}}`",
      ],
    ],
    killedBy: "a-tenants-keys-are-in-one-slot-of-its-own",
  },
];

/** One layer missing, and the other holds: every probe of isolation still passes. */
export const singleRemovals: readonly Omit<CacheMutant, "killedBy">[] = [
  { name: "the envelope asks for no tenant", changes: [envelopeAsksForNoTenant] },
  { name: "the envelope asks for no place", changes: [envelopeAsksForNoPlace] },
];
