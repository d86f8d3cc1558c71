import { TenantryError } from "../../core/tenantry-error.js";
import { bindingOf, defineHidden } from "../node/bind-messages.js";

/** How Express calls a middleware or handler: `(request, response, next)`, or with the error first. */
type Call = (this: unknown, ...values: unknown[]) => unknown;

/** Names of Express 5 and of Express 4. */
const callNames = [
  ["handleRequest", "handleError"],
  ["handle_request", "handle_error"],
] as const;

const guarded = Symbol.for("tenantry.express.guarded.v1");

/**
 * Makes Express call every middleware and handler of a bound request in that request's context,
 * wherever `next()` was called.
 *
 * Routing goes on inside `next()`. A middleware that calls it from a callback of a shared driver or
 * emitter (a session store, a batch) would else take the handler along into whatever context that
 * callback runs in, which may be another tenant's. No middleware can prevent this from its own
 * place, so the one method of Express that calls them all is wrapped, once; requests that are not
 * bound pass as before.
 *
 * @throws {TenantryError} `CONFIG_INVALID` where the application is not Express 4 or 5
 */
export function guardLayers(application: unknown): void {
  const layer = layerPrototype(application);
  const names = callNames.find(([handle]) => typeof layer?.[handle] === "function");
  if (layer === null || names === undefined) throw notExpress();
  if (guarded in layer) return;
  for (const name of names) defineHidden(layer, name, inContext(layer[name] as Call));
  defineHidden(layer, guarded, true);
}

function inContext(call: Call): Call {
  return function (this: unknown, ...values: unknown[]): unknown {
    const [request, , next] = values.slice(-3) as [object, unknown, Call];
    const binding = bindingOf(request);
    if (binding === undefined) return call.apply(this, values);
    const resume: Call = (...given) => binding.inside(() => next(...given));
    return binding.inside(() => call.apply(this, [...values.slice(0, -1), resume]));
  };
}

/** All layers of an application and its routers are of one class. */
function layerPrototype(application: unknown): Record<string, unknown> | null {
  // `_router` first: in Express 4 `router` throws.
  const app = application as { _router?: Router; router?: Router } | undefined;
  const [layer] = (app?._router ?? app?.router)?.stack ?? [];
  return layer === undefined ? null : (Object.getPrototypeOf(layer) as Record<string, unknown>);
}

interface Router {
  readonly stack?: readonly object[];
}

function notExpress(): TenantryError {
  return new TenantryError("CONFIG_INVALID", {
    message:
      "expressTenancy was mounted on something that is not an application of Express 4 or 5.",
    fix: "Mount it with app.use() of Express 4 or 5; on another framework use its own adapter or createFetchHandler.",
  });
}
