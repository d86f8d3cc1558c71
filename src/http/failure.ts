import { currentContext } from "../core/context.js";
import { emitEvent, type EventSink } from "../core/event.js";
import { isTenantryError, TenantryError } from "../core/tenantry-error.js";
import { answerTo, type Answer } from "./answer.js";
import { notFound } from "./not-found.js";

/**
 * The answer to an error that something threw while a request was served. A TenantryError has its
 * own; an error that the framework means as a client's fault keeps its status; all else is a generic
 * 500. None of them shows a message. From 500 up an event tells what happened, unless it is a tenant
 * that has reached its own limit.
 */
export function answerToFailure(events: EventSink, error: unknown): Answer {
  // One tenant's work beyond its share is that tenant's affair: a noisy one must not fill the log.
  if (isTenantryError(error, "TENANT_BUSY")) return answerTo(error);
  if (isTenantryError(error)) return reported(events, error, answerTo(error));
  const status = clientFaultStatus(error);
  if (status === 404) return answerTo(notFound());
  if (status !== null) return answerTo(invalid(error), status);
  return reported(events, error, answerTo(internal(error)));
}

/** Tells whoever watches of a failure that no client gets to see. */
export function reportFailure(events: EventSink, error: unknown): void {
  const context = currentContext();
  emitEvent(events, {
    type: "request.failed",
    severity: "warning",
    message: messageOf(error),
    detail: {
      code: isTenantryError(error) ? error.code : "INTERNAL",
      tenant: context?.kind === "tenant" ? context.scope.tenant.id : null,
      stack: stackOf(error),
    },
  });
}

function reported(events: EventSink, error: unknown, answer: Answer): Answer {
  if (answer.status >= 500) reportFailure(events, error);
  return answer;
}

/**
 * The status of an error that a framework made for the client: `http-errors`, which Express and its
 * body parsers throw, marks its own with `expose`, Express's for a path it cannot decode is a
 * URIError, and Fastify's and its plugins' have a code that begins with FST_. A bare
 * `status` is not enough: HTTP clients put an upstream's status there.
 */
function clientFaultStatus(error: unknown): number | null {
  if (!(error instanceof Error)) return null;
  const { status, expose, statusCode, code } = error as Error & Partial<Record<string, unknown>>;
  const fastifys = typeof code === "string" && code.startsWith("FST_");
  const meant = typeof expose === "boolean" || error instanceof URIError || fastifys;
  const given = fastifys ? statusCode : status;
  if (!meant || typeof given !== "number" || !Number.isInteger(given)) return null;
  return given >= 400 && given < 500 ? given : null;
}

function invalid(cause: unknown): TenantryError {
  return new TenantryError("REQUEST_INVALID", {
    message: "The framework or a library refused the request.",
    fix: "Correct the request.",
    cause,
  });
}

function internal(cause: unknown): TenantryError {
  return new TenantryError("INTERNAL", {
    message: "Something failed while a request was served.",
    fix: "Look for the event request.failed.",
    cause,
  });
}

const longestMessage = 500;
const mostFrames = 20;

/** No detail, hint or query of a database's error: PostgreSQL prints rows there. */
function messageOf(error: unknown): string {
  if (!(error instanceof Error)) return `A ${typeof error} was thrown that is no Error.`;
  return `${error.name}: ${error.message}`.slice(0, longestMessage);
}

function stackOf(error: unknown): string | null {
  if (!(error instanceof Error) || typeof error.stack !== "string") return null;
  const frames = error.stack.split("\n").filter((line) => /^\s+at /.test(line));
  return frames.slice(0, mostFrames).join("\n");
}
