import { TenantryError } from "../../core/tenantry-error.js";
import { defineHidden } from "../hidden-property.js";
import { bindingOf } from "../request-binding.js";

/** A function of Express's or the application's: a layer's, a router's, a callback of `param`. */
type Call = (this: unknown, ...values: unknown[]) => unknown;

interface Router {
  readonly stack?: readonly object[];
  readonly params?: Readonly<Record<string, Call[]>>;
}

/** How a layer calls its handler: names of Express 5 and of Express 4. */
const layerCalls = [
  ["handleRequest", "handleError"],
  ["handle_request", "handle_error"],
] as const;

const guarded = Symbol.for("tenantry.express.guarded.v1");

/**
 * Makes Express call every middleware, handler and `param` callback of a bound request in that
 * request's context, wherever `next()` was called.
 *
 * Routing goes on inside `next()`. A middleware that calls it from a callback of a shared driver or
 * emitter (a session store, a batch) would else take the handler along into whatever context that
 * callback runs in, which may be another tenant's. No middleware can prevent this from its own
 * place, so the methods of Express that call them all are wrapped, once; requests that are not
 * bound pass as before.
 *
 * @throws {TenantryError} `CONFIG_INVALID` where the application is not Express 4 or 5
 */
export function guardRouting(application: unknown): void {
  // `_router` first: in Express 4 `router` throws.
  const app = application as { _router?: Router; router?: Router } | undefined;
  const router = app?._router ?? app?.router;
  const layer = prototypeWith(router?.stack?.[0], layerCalls.flat());
  const routers = prototypeWith(router, ["handle"]);
  if (router === undefined || layer === null || routers === null) throw notExpress();
  if (guarded in layer) return;
  for (const names of layerCalls) {
    for (const name of names) replace(layer, name, (call) => inContext(call, -3));
  }
  replace(routers, "handle", guardingParams);
  guardParams(router);
  defineHidden(layer, guarded, true);
}

/** @param at where the request is among the values; counted from the end if negative */
function inContext(call: Call, at: number): Call {
  return function (this: unknown, ...values: unknown[]): unknown {
    const binding = bindingOf(values.at(at) as object | undefined);
    if (binding === undefined) return call.apply(this, values);
    return binding.inside(() => call.apply(this, values));
  };
}

/** A router's `handle`; its callbacks of `param` are called past the layers. */
function guardingParams(handle: Call): Call {
  return function (this: unknown, ...values: unknown[]): unknown {
    guardParams(this as Router);
    return handle.apply(this, values);
  };
}

const guardedCallbacks = new WeakSet<Call>();

function guardParams({ params = {} }: Router): void {
  for (const callbacks of Object.values(params)) {
    for (const [index, callback] of callbacks.entries()) {
      if (guardedCallbacks.has(callback)) continue;
      const inside = inContext(callback, 0);
      guardedCallbacks.add(inside);
      callbacks[index] = inside;
    }
  }
}

function replace(holder: Record<string, unknown>, name: string, wrap: (call: Call) => Call): void {
  const call = holder[name];
  if (typeof call === "function") defineHidden(holder, name, wrap(call as Call));
}

/** The nearest prototype with one of these methods of its own. */
function prototypeWith(
  start: object | undefined,
  names: readonly string[],
): Record<string, unknown> | null {
  let object: unknown = start === undefined ? null : Object.getPrototypeOf(start);
  while (object !== null && !names.some((name) => Object.hasOwn(object as object, name))) {
    object = Object.getPrototypeOf(object);
  }
  return object as Record<string, unknown> | null;
}

function notExpress(): TenantryError {
  return new TenantryError("CONFIG_INVALID", {
    message:
      "expressTenancy was mounted on something that is not an application of Express 4 or 5.",
    fix: "Mount it with app.use() of Express 4 or 5; on another framework use its own adapter or createFetchHandler.",
  });
}
