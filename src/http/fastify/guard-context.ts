import { TenantryError } from "../../core/tenantry-error.js";
import { defineHidden } from "../hidden-property.js";
import { ownBySymbol } from "../own-by-symbol.js";
import { bindingOf } from "../request-binding.js";
import type { FastifyRequest } from "./slices.js";
import { finishReply } from "./reply-payload.js";

/** A hook, handler, parser or error handler, as Fastify calls it. */
type Call = (this: unknown, ...values: unknown[]) => unknown;

/** What Fastify keeps of a route: all that it calls for a request. Names of Fastify 5. */
interface RouteContext {
  handler: Call;
  errorHandler?: ErrorHandler | null;
  onSend?: Call[] | null;
  readonly contentTypeParser?: { readonly customParsers?: ReadonlyMap<string, { fn: Call }> };
}

/** Fastify chains error handlers by their prototypes; the innermost is its own. */
interface ErrorHandler {
  func?: Call;
}

const hookNames = [
  "onRequest",
  "preParsing",
  "preValidation",
  "preHandler",
  "preSerialization",
  "onSend",
  "onResponse",
  "onError",
  "onTimeout",
  "onRequestAbort",
] as const;

const guardedContexts = new WeakSet<object>();
const guardedLists = new WeakSet<object>();
const guardedCalls = new WeakSet<Call>();

/**
 * Makes Fastify call every hook, parser, handler and error handler of a bound request's route in that
 * request's context, and go on in it wherever their `done` was called.
 *
 * Fastify goes on inside `done()`. A hook that calls it from a callback of a shared driver or emitter
 * (a session store, a batch) would else take the handler along into whatever context that callback
 * runs in, which may be another tenant's. No hook can prevent this from its own place, so what a
 * route's context holds is wrapped, once for each route at its first request; requests that are not
 * bound pass as before.
 *
 * @throws {TenantryError} `CONFIG_INVALID` where this is not Fastify 5
 */
export function guardContext(request: FastifyRequest): void {
  const context = ownBySymbol(request, "fastify.context") as RouteContext | undefined;
  if (context === undefined || typeof context.handler !== "function") throw notFastify();
  if (guardedContexts.has(context)) return;
  guardRoute(context);
  // Where `reply.callNotFound()` leads.
  const missing = ownBySymbol(context, "fastify.404ContextKey") as RouteContext | null | undefined;
  if (missing != null && !guardedContexts.has(missing)) guardRoute(missing);
}

/**
 * Whether what `send` is given now reaches Fastify as it is: else the hook that comes last will see
 * what became of it.
 */
export function hasNoSendHooks(request: FastifyRequest): boolean {
  return (ownBySymbol(request, "fastify.context") as RouteContext | undefined)?.onSend == null;
}

function guardRoute(context: RouteContext): void {
  guardedContexts.add(context);
  for (const name of hookNames) guardList((context as unknown as Record<string, unknown>)[name]);
  guardSending(context);
  context.handler = inContext(context.handler, 0);
  for (const parser of context.contentTypeParser?.customParsers?.values() ?? []) {
    parser.fn = inContext(parser.fn, 0);
  }
  guardErrors(context.errorHandler);
}

/** In place, because Fastify is going through the list of `onRequest` just now. */
function guardList(hooks: unknown): void {
  if (!Array.isArray(hooks)) return;
  const calls = hooks as Call[];
  for (const [index, call] of calls.entries()) calls[index] = inContext(call, 0);
}

/** Adds a last hook behind those that may replace what is sent, before Fastify begins to read it. */
function guardSending(context: RouteContext): void {
  if (context.onSend == null || guardedLists.has(context.onSend)) return;
  guardedLists.add(context.onSend);
  context.onSend.push(inContext(finishReply as Call, 0));
}

function guardErrors(handler: ErrorHandler | null | undefined): void {
  for (let own = handler; own != null; own = parentOf(own)) {
    if (Object.hasOwn(own, "func") && own.func !== undefined && parentOf(own) !== null) {
      own.func = inContext(own.func, 1);
    }
  }
}

/** Null for Fastify's own handler, which all instances of the process share. */
function parentOf(handler: ErrorHandler): ErrorHandler | null {
  const parent = Object.getPrototypeOf(handler) as ErrorHandler | null;
  return parent === Object.prototype ? null : parent;
}

/** @param at where the request is among the values */
function inContext(call: Call, at: number): Call {
  if (guardedCalls.has(call)) return call;
  const guarded: Call = function (this: unknown, ...values: unknown[]): unknown {
    const binding = bindingOf((values[at] as FastifyRequest | undefined)?.raw);
    if (binding === undefined) return call.apply(this, values);
    const done = values.at(-1);
    if (typeof done === "function") {
      values[values.length - 1] = (...given: unknown[]) =>
        binding.inside(() => (done as Call)(...given));
    }
    return binding.inside(() => call.apply(this, values));
  };
  // Fastify prints an error handler's name.
  defineHidden(guarded, "name", call.name);
  guardedCalls.add(guarded);
  return guarded;
}

function notFastify(): TenantryError {
  return new TenantryError("CONFIG_INVALID", {
    message: "fastifyTenancy was registered with something that is not Fastify 5.",
    fix: "Register it with app.register() of Fastify 5; on another framework use its own adapter or createFetchHandler.",
  });
}
