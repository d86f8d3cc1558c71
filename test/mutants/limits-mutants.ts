import type { SourceMutant } from "./source-mutants.js";

/** Mutants of limits and telemetry; `killedBy` is a probe of limits-probes.ts. */
export const limitsMutants: readonly SourceMutant[] = [
  {
    name: "a counter's key has no tenant",
    file: "limits/key.ts",
    changes: [
      [
        'return part === "" ? `{${tenantId}}` : `{${tenantId}}:${part}`;',
        "return `{${tenantId.length}}:${part}`;",
      ],
    ],
    killedBy: "each-tenant-has-its-own-budget",
  },
  {
    name: "the tenant of a counter is what the caller says",
    file: "limits/rate-limit.ts",
    changes: [
      [
        "keyOf(scope, by, key), cost, points)",
        "keyOf({ ...scope, tenant: { ...scope.tenant, id: String(key) } } as typeof scope, by, undefined), cost, points)",
      ],
    ],
    killedBy: "each-tenant-has-its-own-budget",
  },
  {
    name: "the parts of a sub-key are joined",
    file: "limits/key.ts",
    changes: [["JSON.stringify([who, parts])", '[...who, ...parts].join(":")']],
    killedBy: "sub-keys-do-not-meet",
  },
  {
    name: "the kind of an actor is left out of the key",
    file: "limits/key.ts",
    changes: [["[actor.kind, actor.id]", "[actor.id]"]],
    killedBy: "actors-do-not-meet",
  },
  {
    name: "a limit by actor counts by tenant",
    file: "limits/key.ts",
    changes: [[`by === "tenant" ? []`, `by !== undefined ? []`]],
    killedBy: "actors-do-not-meet",
  },
  {
    name: "the points used up are not compared",
    file: "limits/rate-limit.ts",
    changes: [["if (taken > points) throw refusal", "if (taken > mostPoints) throw refusal"]],
    killedBy: "points-are-what-a-window-holds",
  },
  {
    name: "one point too many passes",
    file: "limits/rate-limit.ts",
    changes: [["if (taken > points) throw refusal", "if (taken > points + 1) throw refusal"]],
    killedBy: "points-are-what-a-window-holds",
  },
  {
    name: "what a request costs is not counted",
    file: "limits/store/counting.ts",
    changes: [["limiter.penalty(textOf(key), cost)", "limiter.penalty(textOf(key), 1)"]],
    killedBy: "points-are-what-a-window-holds",
  },
  {
    name: "a tenant that is used up stays so when its plan grows",
    file: "limits/rate-limit.ts",
    changes: [["left > 0 && known.taken + cost > points", "left > 0"]],
    killedBy: "a-plan-holds-at-once",
  },
  {
    name: "what is known to be used up is kept without its tenant",
    file: "limits/rate-limit.ts",
    changes: [
      ["usedUp.get(textOf(key))", "usedUp.get(key.part)"],
      ["usedUp.set(textOf(key),", "usedUp.set(key.part,"],
    ],
    killedBy: "each-tenant-has-its-own-budget",
  },
  {
    name: "a store that is away lets everything pass",
    file: "limits/rate-limit.ts",
    changes: [[`onUnavailable = "refuse"`, `onUnavailable = "allow"`]],
    killedBy: "what-cannot-be-counted-is-refused",
  },
  {
    name: "a store may take for ever",
    file: "limits/store/guarded.ts",
    changes: [["return await within(answer, timeout);", "return await answer;"]],
    killedBy: "what-cannot-be-counted-is-refused",
  },
  {
    name: "a store that hangs gathers callers without end",
    file: "limits/store/guarded.ts",
    changes: [["if (pending >= mostPending)", "if (pending < 0)"]],
    killedBy: "callers-are-bounded",
  },
  {
    name: "a count that is none passes",
    file: "limits/store/counting.ts",
    changes: [["if (!Number.isFinite(consumedPoints))", "if (consumedPoints === null)"]],
    killedBy: "a-count-is-a-number",
  },
  {
    name: "the places of a concurrency limit are everyone's",
    file: "limits/concurrency-limit.ts",
    changes: [["textOf(keyOf(scope, by, key))", `""`]],
    killedBy: "each-tenant-has-its-own-places",
  },
  {
    name: "a concurrency limit lets all work run",
    file: "limits/slots.ts",
    changes: [["if (lane.running < max) {", "if (lane.running < max + 1) {"]],
    killedBy: "places-are-bounded",
  },
  {
    name: "the queue for places has no end",
    file: "limits/slots.ts",
    changes: [["lane.waiting.size >= this.#settings.maxWaiting || ", ""]],
    killedBy: "places-are-bounded",
  },
  {
    name: "a place is given back twice",
    file: "limits/slots.ts",
    changes: [["if (!held) return;", ""]],
    killedBy: "a-place-comes-free-once",
  },
  {
    name: "work that throws keeps its place",
    file: "limits/concurrency-limit.ts",
    changes: [
      [
        "      } finally {\n        release();",
        '      } finally {\n        if (name === "") release();',
      ],
    ],
    killedBy: "a-place-comes-free-once",
  },
  {
    name: "the last tenant is remembered where there is none",
    file: "telemetry/who.ts",
    changes: [
      ["if (context === undefined) return null;", "if (context === undefined) return last;"],
      [
        `return context.kind === "tenant" ? context : { kind: "central" };`,
        `return (last = context.kind === "tenant" ? context : { kind: "central" });`,
      ],
      ["export function who(): Who {", "let last: Who = null;\nexport function who(): Who {"],
    ],
    killedBy: "no-scope-is-no-tenant",
  },
  {
    name: "a log line's own fields win",
    file: "telemetry/pino.ts",
    changes: [["{ ...withoutLogFields(given), ...mixin }", "{ ...mixin, ...given }"]],
    killedBy: "data-names-no-tenant",
  },
  {
    name: "a JSON line's own fields win",
    file: "telemetry/json-logger.ts",
    changes: [["{ ...Object.fromEntries(theirs), ...own }", "{ ...own, ...plain(data) }"]],
    killedBy: "data-names-no-tenant",
  },
  {
    name: "a metric's own attributes win",
    file: "telemetry/metrics.ts",
    changes: [
      [
        "{ ...attributes, [attributeNames.context]: now.kind, ...tenant }",
        "{ [attributeNames.context]: now.kind, ...tenant, ...given }",
      ],
    ],
    killedBy: "data-names-no-tenant",
  },
  {
    name: "every tenant gets a series",
    file: "telemetry/cardinality.ts",
    changes: [["if (seen.size < size) seen.add(id);", "seen.add(id);"]],
    killedBy: "series-are-bounded",
  },
  {
    name: "text can end a line",
    file: "telemetry/json-logger.ts",
    changes: [["[\\u007f-\\u009f\\u2028\\u2029]", "[\\u007f]"]],
    killedBy: "a-line-is-one-line",
  },
  {
    name: "the scoped pool counts",
    file: "limits/store/postgres.ts",
    changes: [[` && transaction === undefined`, ` && transaction !== null`]],
    killedBy: "counters-have-a-pool-of-their-own",
  },
  {
    name: "a table's name may end its quotes",
    file: "limits/store/postgres.ts",
    changes: [["  for (const name of [table, schema]) checkIdentifier(name);\n", ""]],
    killedBy: "names-are-plain",
  },
  {
    name: "a span shows the slug",
    file: "telemetry/attributes.ts",
    changes: [["options.include ?? []", `options.include ?? ["slug" as const]`]],
    killedBy: "no-name-unless-asked",
  },
];
