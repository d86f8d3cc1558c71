import { emitEvent } from "../../core/event.js";
import { TenantryError } from "../../core/tenantry-error.js";
import { answerTo } from "../answer.js";
import type { RequestTenancy } from "../decide.js";
import { answerToFailure } from "../failure.js";
import { toResponse } from "../fetch/responses.js";
import type { HonoErrorHandler } from "./slices.js";

/**
 * For `app.onError`. A TenantryError is answered with its status and public body, an HTTPException
 * below 500 as it says itself, and all else with a generic 500 and an event: no message, detail or
 * SQL text leaves the process.
 */
export function honoErrors(tenantry: Pick<RequestTenancy, "events">): HonoErrorHandler {
  return (error, context) =>
    ownAnswer(error) ?? toResponse(answerToFailure(tenantry.events, error), context.req.raw.method);
}

/** Hono's HTTPException: how an application answers by throwing. */
function ownAnswer(error: unknown): Response | null {
  const { getResponse } = error as { getResponse?: unknown };
  if (typeof getResponse !== "function") return null;
  const response = (getResponse as () => Response).call(error);
  return response.status >= 400 && response.status < 500 ? response : null;
}

/**
 * For the `errorHandler` of @hono/node-server's `getRequestListener`, which refuses a request with a
 * missing or malformed host before the application is asked. With this its answer is the one that
 * every request without a known tenant gets, and there is an event; without, a 400 with no body.
 */
export function honoServerErrors(
  tenantry: Pick<RequestTenancy, "events">,
): (error: unknown) => Response {
  return (error) => {
    if (!(error instanceof Error && error.name === "RequestError")) {
      return toResponse(answerToFailure(tenantry.events, error));
    }
    const refusal = new TenantryError("TENANT_UNRESOLVED", {
      message: "No tenant could be resolved: the server could make no URL of the request.",
      fix: "Send the request with one well-formed Host header.",
    });
    emitEvent(tenantry.events, {
      type: "tenant.unresolved",
      severity: "info",
      message: refusal.message,
      detail: { code: refusal.code, peer: null },
    });
    return toResponse(answerTo(refusal));
  };
}
