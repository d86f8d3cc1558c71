import type { Server } from "node:http";
import { setTimeout as sleep } from "node:timers/promises";
import { context, trace } from "@opentelemetry/api";
import { AsyncLocalStorageContextManager } from "@opentelemetry/context-async-hooks";
import {
  AggregationTemporality,
  InMemoryMetricExporter,
  MeterProvider,
  PeriodicExportingMetricReader,
} from "@opentelemetry/sdk-metrics";
import {
  InMemorySpanExporter,
  NodeTracerProvider,
  SimpleSpanProcessor,
} from "@opentelemetry/sdk-trace-node";
import express from "express";
import pino from "pino";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { expressErrors, expressTenancy } from "tenantry/express";
import {
  createJsonLogger,
  createTenantMetrics,
  logMergeStrategy,
  logMixin,
  tagActiveSpan,
  tenantSpanProcessor,
  withSpan,
} from "tenantry/telemetry";
import { runAsOperator } from "../../src/core/context.js";
import { openTenancy, tenantSlugs, type Tenancy } from "../conformance/http/tenancy.js";
import { ask, listen } from "./support.js";

type Line = Readonly<Record<string, unknown>>;

/** What each request marks its spans, points and lines with. */
const marked = (flow: string, slug: string) => ({ flow, slug });

describe("sixty requests of six tenants at once", () => {
  let tenancy: Tenancy;
  let server: Server;
  const spans = new InMemorySpanExporter();
  const provider = new NodeTracerProvider({
    spanProcessors: [tenantSpanProcessor({ actor: true }), new SimpleSpanProcessor(spans)],
  });
  const metricExporter = new InMemoryMetricExporter(AggregationTemporality.CUMULATIVE);
  const reader = new PeriodicExportingMetricReader({
    exporter: metricExporter,
    exportIntervalMillis: 3_600_000,
  });
  const meters = new MeterProvider({ readers: [reader] });
  const pinoLines: Line[] = [];
  const jsonLines: Line[] = [];
  const idOf = (slug: string) => tenancy.tenants.get(slug)!.id;

  beforeAll(async () => {
    context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
    trace.setGlobalTracerProvider(provider);
    tenancy = await openTenancy();
    const logger = pino(
      { mixin: logMixin(), mixinMergeStrategy: logMergeStrategy },
      { write: (line) => void pinoLines.push(JSON.parse(line) as Line) },
    );
    const json = createJsonLogger({
      write: (line) => void jsonLines.push(JSON.parse(line) as Line),
    });
    const meter = meters.getMeter("test");
    const tracer = trace.getTracer("app");
    const metrics = createTenantMetrics({ meter, cardinality: { kind: "first", size: 100 } });
    const work = metrics.counter("work");
    const time = metrics.histogram("time");
    const under = metrics.upDownCounter("under_way");

    const app = express();
    app.use((request, _response, next) => {
      // As HTTP instrumentation does: the request's own span begins before its tenant is known.
      tracer.startActiveSpan("request", { attributes: { path: request.path } }, (span) => {
        _response.on("close", () => span.end());
        next();
      });
    });
    app.use(expressTenancy(tenancy.tenantry));
    app.get("/flow/:flow", async (request, response) => {
      tagActiveSpan();
      const mark = marked(request.params.flow, request.hostname.split(".")[0]!);
      under.add(1, { slug: mark.slug });
      logger.info(mark, "begun");
      await sleep(Math.random() * 20);
      await withSpan("outer", async (outer) => {
        outer.setAttributes(mark);
        await sleep(Math.random() * 20);
        await Promise.all(
          [1, 2].map(async () => {
            await sleep(Math.random() * 10);
            tracer.startSpan("inner", { attributes: mark }).end();
            work.add(1, { slug: mark.slug });
            time.record(5, { slug: mark.slug });
            json.info("inside", mark);
          }),
        );
      });
      // A body, spread into the line, that would like to be another's.
      logger.warn({ ...mark, tenant: "another", context: "operator", actor: "root" }, "forged");
      json.warn("forged", { ...mark, tenant: "another", level: "fatal", message: "x" });
      under.add(-1, { slug: mark.slug });
      response.send("done");
    });
    app.get("/healthz", (_request, response) => {
      logger.info({ flow: "central" }, "well");
      tracer.startSpan("central").end();
      work.add(1, { slug: "central" });
      response.send("well");
    });
    app.use(expressErrors(tenancy.tenantry));
    server = await listen(app);

    const flows = Array.from({ length: 60 }, (_, i) =>
      ask(server, tenantSlugs[i % tenantSlugs.length]!, `/flow/${i}`),
    );
    expect(await Promise.all([...flows, ask(server, "acme", "/healthz")])).toEqual([
      ...flows.map(() => "done"),
      "well",
    ]);
    await sleep(50);
    logger.info({ flow: "outside" }, "after all requests");
    tracer.startSpan("outside").end();
    work.add(1, { slug: "outside", "tenant.id": "made up" });
    runAsOperator({ actor: "ada", reason: "x", expiresAt: Date.now() + 1000 }, () => {
      logger.info({ flow: "operator" }, "acting");
      tracer.startSpan("operator").end();
      work.add(1, { slug: "operator" });
    });
  });
  afterAll(async () => {
    server?.close().closeAllConnections();
    await tenancy?.tenantry.close();
    await provider.shutdown();
    await meters.shutdown();
    context.disable();
    trace.disable();
  });

  it("have each its own tenant on every span", () => {
    const finished = spans.getFinishedSpans();
    const bySlug = finished.filter(({ attributes }) => "slug" in attributes);
    expect(bySlug).toHaveLength(180);
    for (const { attributes } of bySlug) {
      expect(attributes["tenant.id"]).toBe(idOf(attributes["slug"] as string));
      expect(attributes["tenantry.context"]).toBe("tenant");
      expect(attributes["tenantry.actor"]).toBe("anonymous");
    }
    const outer = new Map(bySlug.map((span) => [span.parentSpanContext?.spanId, span]));
    const requests = finished.filter(
      ({ name, attributes }) => name === "request" && attributes["path"] !== "/healthz",
    );
    expect(requests).toHaveLength(60);
    for (const request of requests) {
      const child = outer.get(request.spanContext().spanId)!;
      expect(request.attributes["tenant.id"]).toBe(child.attributes["tenant.id"]);
    }
  });

  it("leave no slug or name on a span unless it was asked for", () => {
    const names = new Set(spans.getFinishedSpans().flatMap((span) => Object.keys(span.attributes)));
    names.delete("slug");
    expect([...names].sort()).toEqual([
      "flow",
      "path",
      "tenant.id",
      "tenantry.actor",
      "tenantry.context",
    ]);
  });

  it("have each its own tenant on every metric point", async () => {
    await reader.forceFlush();
    const metrics = metricExporter.getMetrics().at(-1)!.scopeMetrics[0]!.metrics;
    const points = metrics.flatMap(({ dataPoints, descriptor }) =>
      dataPoints.map(({ attributes, value }) => ({ name: descriptor.name, attributes, value })),
    );
    const tenants = points.filter(({ attributes }) =>
      idsBySlug().has(attributes["slug"] as string),
    );
    expect(tenants).toHaveLength(18);
    for (const { name, attributes, value } of tenants) {
      expect(attributes["tenant.id"]).toBe(idOf(attributes["slug"] as string));
      if (name === "work") expect(value).toBe(20);
      if (name === "under_way") expect(value).toBe(0);
      if (name === "time") expect(value).toMatchObject({ count: 20 });
    }
    const rest = points.filter((point) => !tenants.includes(point));
    expect(rest.map(({ attributes }) => attributes)).toEqual(
      expect.arrayContaining([
        { slug: "central", "tenantry.context": "central" },
        { slug: "operator", "tenantry.context": "operator" },
        { slug: "outside" },
      ]),
    );
    expect(rest).toHaveLength(3);
  });

  const idsBySlug = () => new Set<string>(tenantSlugs);

  it("have each its own tenant on every log line, whatever the line's data says", () => {
    for (const lines of [pinoLines, jsonLines]) {
      const ofFlows = lines.filter(({ slug }) => idsBySlug().has(slug as string));
      expect(ofFlows).toHaveLength(lines === pinoLines ? 120 : 180);
      for (const line of ofFlows) {
        expect(line).toMatchObject({
          tenant: idOf(line["slug"] as string),
          actor: "anonymous",
          context: "tenant",
        });
      }
    }
    expect(jsonLines.some(({ level }) => level === "fatal")).toBe(false);
  });

  it("lend their tenant to nothing that is outside of them", () => {
    const line = (flow: string) => pinoLines.find((candidate) => candidate["flow"] === flow)!;
    expect(line("central")).toMatchObject({ context: "central" });
    expect(line("operator")).toMatchObject({ context: "operator", actor: "ada" });
    for (const flow of ["central", "operator", "outside"])
      expect(line(flow)).not.toHaveProperty("tenant");
    for (const field of ["context", "actor"]) expect(line("outside")).not.toHaveProperty(field);
    const span = (name: string) =>
      spans.getFinishedSpans().find((candidate) => candidate.name === name)!.attributes;
    expect(span("central")).toEqual({ "tenantry.context": "central" });
    expect(span("operator")).toEqual({ "tenantry.context": "operator", "tenantry.actor": "ada" });
    expect(span("outside")).toEqual({});
  });
});
