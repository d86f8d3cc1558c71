import { runDetached, type Inside } from "../core/context.js";
import { TenantryError } from "../core/tenantry-error.js";
import { defineHidden } from "./hidden-property.js";

/** What a request belongs to, kept on the request itself. */
export interface RequestBinding {
  readonly tenantry: unknown;
  /** Runs work in the request's context; outside of any until the request is admitted. */
  inside: Inside;
  /** Told of a failure that the framework tells nobody of. */
  failed?: (error: unknown) => void;
}

const key = Symbol.for("tenantry.http.request.v1");

/** The binding of a request, also one that another copy of this package made. */
export function bindingOf(request: object | undefined): RequestBinding | undefined {
  return (request as { [key]?: RequestBinding } | undefined)?.[key];
}

export function bindRequest(tenantry: unknown, request: object): RequestBinding {
  const binding: RequestBinding = { tenantry, inside: runDetached };
  defineHidden(request, key, binding);
  return binding;
}

/**
 * The binding of a request that `tenantry` has taken care of already.
 * @throws {TenantryError} `CONFIG_INVALID` where another Tenantry has: its rules may be stricter,
 * and neither may switch the other off
 */
export function boundTo(tenantry: unknown, request: object): RequestBinding | undefined {
  const binding = bindingOf(request);
  if (binding === undefined || binding.tenantry === tenantry) return binding;
  throw new TenantryError("CONFIG_INVALID", {
    message: "The middleware of two different Tenantry instances met in one request.",
    fix: "Create one Tenantry for the application, and mount that one.",
  });
}
