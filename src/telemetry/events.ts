import { trace } from "@opentelemetry/api";
import type { EventSink, TenantryEvent } from "../core/event.js";

/** The slice of pino's logger. */
export interface EventLogger {
  info(data: object, message: string): void;
  warn(data: object, message: string): void;
  error(data: object, message: string): void;
}

const levels = { info: "info", warning: "warn", security: "error" } as const;

/** An `onEvent` that writes Tenantry's events to a logger of pino's kind; `security` as an error. */
export function eventsToLogger(logger: EventLogger): EventSink {
  return ({ type, severity, message, detail }) =>
    logger[levels[severity]]({ event: type, severity, detail }, message);
}

/**
 * An `onEvent` that notes Tenantry's events on the active span: type, severity and code. No message
 * and no more detail, which may name another tenant than the span's.
 */
export function eventsToSpans(): EventSink {
  return ({ type, severity, detail }: TenantryEvent) => {
    const { code } = detail;
    const known = typeof code === "string" ? { "tenantry.code": code } : {};
    trace.getActiveSpan()?.addEvent(type, { "tenantry.severity": severity, ...known });
  };
}
