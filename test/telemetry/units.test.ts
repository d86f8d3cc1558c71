import { context, trace, type Tracer } from "@opentelemetry/api";
import { AsyncLocalStorageContextManager } from "@opentelemetry/context-async-hooks";
import {
  InMemorySpanExporter,
  NodeTracerProvider,
  SimpleSpanProcessor,
} from "@opentelemetry/sdk-trace-node";
import type { Meter } from "@opentelemetry/api";
import fc from "fast-check";
import pino from "pino";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { runInScope } from "../../src/core/context.js";
import { emitEvent } from "../../src/core/event.js";
import { tenantLabel, type Cardinality } from "../../src/telemetry/cardinality.js";
import {
  createTenantMetrics,
  eventsToLogger,
  eventsToSpans,
  formatLogLine,
  logMergeStrategy,
  logMixin,
  tenantAttributes,
  withSpan,
} from "../../src/telemetry/index.js";
import { failureOf } from "../database/support/outcome.js";
import { newScope } from "../limits/support/scopes.js";

const ids = (count: number) => Array.from({ length: count }, () => newScope().tenant.id);

describe("the attributes of a scope", () => {
  it("show more of the tenant, and its actor, where that is asked for", () => {
    const scope = newScope({ kind: "user", id: "42" });
    const { id, slug, name, placement } = scope.tenant;
    const all = { include: ["slug", "name", "placement"], actor: true } as const;
    expect(runInScope(scope, () => tenantAttributes(all))).toEqual({
      "tenant.id": id,
      "tenant.slug": slug,
      "tenant.name": name,
      "tenant.placement": placement,
      "tenantry.context": "tenant",
      "tenantry.actor": "user:42",
    });
    expect(tenantAttributes(all)).toEqual({});
  });
});

describe("the tenant on metrics", () => {
  const values = (cardinality: Cardinality, tenants: readonly string[]) => {
    const label = tenantLabel(cardinality);
    return new Set(tenants.map((id) => JSON.stringify(label(id))));
  };

  it("has a bounded number of values, and keeps to those it gave", () => {
    const tenants = ids(500);
    expect(values({ kind: "first", size: 7 }, [...tenants, ...tenants]).size).toBe(8);
    expect(values({ kind: "allow", tenants: tenants.slice(0, 3) }, tenants).size).toBe(4);
    expect(values({ kind: "buckets", count: 16 }, tenants).size).toBe(16);
    expect(values({ kind: "none" }, tenants)).toEqual(new Set(["{}"]));
    const label = tenantLabel({ kind: "first", size: 1 });
    expect([tenants[0]!, tenants[1]!, tenants[0]!].map(label)).toEqual([
      { "tenant.id": tenants[0] },
      { "tenant.id": "other" },
      { "tenant.id": tenants[0] },
    ]);
  });

  it.each<[string, unknown]>([
    ["nothing", undefined],
    ["no kind", {}],
    ["no size", { kind: "first" }],
    ["a size without end", { kind: "first", size: Number.POSITIVE_INFINITY }],
    ["slugs in place of ids", { kind: "allow", tenants: ["acme"] }],
    ["no buckets", { kind: "buckets", count: 0 }],
  ])("is refused with %s", async (_, cardinality) => {
    const make = () =>
      createTenantMetrics({ meter: {} as Meter, cardinality: cardinality as never });
    expect(await failureOf(make)).toMatchObject({ code: "CONFIG_INVALID" });
  });
});

describe("a log line", () => {
  const scope = newScope({ kind: "user", id: 'x"}\n{"tenant":"b' });
  const hostile = fc.oneof(
    fc.string({ unit: "binary" }),
    fc.constantFrom("\n{}", "\r\n", "\u2028", "\u0085", "\u001b[2J", '","tenant":"b', "\u009b31m"),
  );

  it("stays one line with one tenant, whatever text is logged", () => {
    fc.assert(
      fc.property(hostile, hostile, hostile, (message, name, value) => {
        const data = { [name]: value, tenant: value, time: value, nested: { tenant: value } };
        const written = runInScope(scope, () => formatLogLine("info", message, data));
        expect([...written].every((c) => c >= " " && !/[\u007f-\u009f\u2028\u2029]/.test(c))).toBe(
          true,
        );
        const read = JSON.parse(written) as Record<string, unknown>;
        expect(read).toMatchObject({ tenant: scope.tenant.id, level: "info", message });
        expect(written.split(`"tenant":"${scope.tenant.id}"`)).toHaveLength(2);
      }),
    );
  });

  it("of pino stays one line with the scope's own tenant", () => {
    fc.assert(
      fc.property(hostile, hostile, (message, value) => {
        let written = "";
        const options = { mixin: logMixin(), mixinMergeStrategy: logMergeStrategy };
        const logger = pino(options, { write: (line) => void (written += line) });
        runInScope(scope, () => logger.info({ tenant: value, actor: value }, message));
        expect(written.trimEnd().split("\n")).toHaveLength(1);
        expect(JSON.parse(written)).toMatchObject({ tenant: scope.tenant.id, context: "tenant" });
        expect(written.split('"tenant":')).toHaveLength(2);
      }),
    );
  });

  it("of pino names the scope's tenant last, also after a child's binding of that name", () => {
    let written = "";
    const logger = pino({ mixin: logMixin() }, { write: (line) => void (written += line) });
    runInScope(scope, () => logger.child({ tenant: "b" }).info("x"));
    expect(JSON.parse(written)).toMatchObject({ tenant: scope.tenant.id });
  });

  it("names no tenant outside of a scope, not even one that its data brings", () => {
    const sly = { toJSON: () => ({ tenant: "b", fine: 1 }) };
    for (const data of [{ tenant: "b" }, sly]) {
      expect(JSON.parse(formatLogLine("info", "x", data))).not.toHaveProperty("tenant");
    }
    expect(logMergeStrategy({ tenant: "b", fine: 1 }, {})).toEqual({ fine: 1 });
  });

  it("holds what JSON cannot, and leaves out what is too large", () => {
    const cycle: Record<string, unknown> = {};
    cycle["self"] = cycle;
    const read = (data: Record<string, unknown>) =>
      JSON.parse(formatLogLine("error", "m".repeat(10_000), data)) as Record<string, unknown>;
    expect(read({ big: 1n })).toMatchObject({ big: "1" });
    expect(read({ error: new TypeError("no") })).toMatchObject({
      error: { name: "TypeError", message: "no" },
    });
    expect(read(cycle)["data"]).toContain("left out");
    expect(read({ long: "x".repeat(20_000) })["data"]).toContain("left out");
    expect((read({})["message"] as string).length).toBe(8_193);
  });
});

describe("spans and events", () => {
  const exporter = new InMemorySpanExporter();
  const provider = new NodeTracerProvider({ spanProcessors: [new SimpleSpanProcessor(exporter)] });
  const tracer: Tracer = provider.getTracer("test");
  beforeAll(
    () => void context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable()),
  );
  beforeEach(() => exporter.reset());
  afterAll(async () => {
    await provider.shutdown();
    context.disable();
    trace.disable();
  });

  it("bear the tenant without a processor; the caller's attributes cannot name another", async () => {
    const scope = newScope();
    const attributes = { "tenant.id": "another", own: 1 };
    expect(await runInScope(scope, () => withSpan("x", () => 7, { tracer, attributes }))).toBe(7);
    const [span] = exporter.getFinishedSpans();
    expect(span!.attributes).toMatchObject({ own: 1, "tenant.id": scope.tenant.id });
  });

  it("tell of a failure by its code alone", async () => {
    const failure = Object.assign(new Error("row (hunter2)"), { code: "23505" });
    await failureOf(() => withSpan("x", () => Promise.reject(failure), { tracer }));
    const [span] = exporter.getFinishedSpans();
    expect(span!.attributes["error.type"]).toBe("23505");
    expect(span!.status).toEqual({ code: 2 });
    expect(span!.events).toEqual([]);
  });

  const event = {
    type: "tenant.mismatch",
    severity: "security",
    message: "host says a, token says b",
    detail: { code: "TENANT_MISMATCH", host: "b.example.com" },
  } as const;

  it("of Tenantry go to the active span without what may name another tenant", async () => {
    await withSpan("x", () => emitEvent(eventsToSpans(), event), { tracer });
    const [noted] = exporter.getFinishedSpans()[0]!.events;
    const { name, attributes } = noted!;
    expect({ name, attributes }).toEqual({
      name: "tenant.mismatch",
      attributes: { "tenantry.severity": "security", "tenantry.code": "TENANT_MISMATCH" },
    });
    emitEvent(eventsToSpans(), event);
  });

  it("of Tenantry go to a logger by their severity", () => {
    const lines: object[] = [];
    const logger = pino({}, { write: (line) => void lines.push(JSON.parse(line) as object) });
    for (const severity of ["info", "warning", "security"] as const) {
      emitEvent(eventsToLogger(logger), { ...event, severity });
    }
    expect(lines).toMatchObject([30, 40, 50].map((level) => ({ level, event: event.type })));
    expect(lines[0]).toMatchObject({ msg: event.message, detail: event.detail });
  });
});
