import {
  SpanStatusCode,
  trace,
  type Span,
  type SpanOptions,
  type Tracer,
} from "@opentelemetry/api";
import { tenantAttributes, type AttributeOptions } from "./attributes.js";

/** The slice of the SDK's Span that a processor is handed. */
export interface StartedSpan {
  setAttributes(attributes: Record<string, string>): unknown;
}

/** Fits the SDK's SpanProcessor. */
export interface TenantSpanProcessor {
  onStart(span: StartedSpan): void;
  onEnd(): void;
  forceFlush(): Promise<void>;
  shutdown(): Promise<void>;
}

/**
 * Puts the tenant on every span that starts in a scope, whoever starts it: instrumentation of pg or
 * fetch too. Give it to the SDK before the processor that exports.
 */
export function tenantSpanProcessor(options: AttributeOptions = {}): TenantSpanProcessor {
  return {
    onStart: (span) => void span.setAttributes(tenantAttributes(options)),
    onEnd: () => undefined,
    forceFlush: async () => undefined,
    shutdown: async () => undefined,
  };
}

/**
 * Puts the tenant on the active span. For the span of the whole request, which HTTP instrumentation
 * starts before the tenant is known. Not where one span covers several tenants' work.
 */
export function tagActiveSpan(options: AttributeOptions = {}): void {
  trace.getActiveSpan()?.setAttributes(tenantAttributes(options));
}

export interface WithSpanOptions extends SpanOptions {
  /** Default: the global provider's tracer `tenantry`. */
  readonly tracer?: Tracer;
  readonly tenant?: AttributeOptions;
}

/**
 * Runs `work` in a span of its own with the tenant on it, with or without `tenantSpanProcessor`. What
 * `work` throws marks the span as failed by its code or its class alone: a message may hold data.
 */
export function withSpan<T>(
  name: string,
  work: (span: Span) => T | Promise<T>,
  options: WithSpanOptions = {},
): Promise<T> {
  const { tracer = trace.getTracer("tenantry"), tenant, ...spanOptions } = options;
  const attributes = { ...spanOptions.attributes, ...tenantAttributes(tenant) };
  return tracer.startActiveSpan(name, { ...spanOptions, attributes }, async (span) => {
    try {
      return await work(span);
    } catch (error) {
      span.setAttribute("error.type", kindOf(error));
      span.setStatus({ code: SpanStatusCode.ERROR });
      throw error;
    } finally {
      span.end();
    }
  });
}

function kindOf(error: unknown): string {
  if (!(error instanceof Error)) return typeof error;
  const { code } = error as { code?: unknown };
  return typeof code === "string" ? code.slice(0, 100) : error.name.slice(0, 100);
}
