import { emitEvent, type EventSink } from "../core/event.js";
import { isTenantryError, type TenantryError } from "../core/tenantry-error.js";
import type { Misfit } from "./envelope.js";
import type { Place } from "./place.js";
import { asUnavailable } from "./problems.js";

/** What a cache tells whoever watches it. */
export interface Reports {
  /** Runs a call of the backend: the first that fails, and the first that answers again, is told. */
  asking<T>(work: () => Promise<T>): Promise<T>;
  misfit(place: Place, why: Misfit | "undecodable"): void;
  tooLarge(place: Place, bytes: number): void;
  refreshFailed(place: Place, error: unknown): void;
}

/** What a rotation, a clear or a change of the value's shape brings about by itself. */
const harmless = new Set<string>(["generation", "seal-key", "undecodable"]);

export function createReports(cache: string, events: EventSink): Reports {
  let down = false;
  const failed = (error: TenantryError): TenantryError => {
    if (!down) {
      down = true;
      emitEvent(events, {
        type: "cache.unavailable",
        severity: "warning",
        message: error.message,
        detail: { cache, cause: error.cause instanceof Error ? error.cause.message : null },
      });
    }
    return error;
  };
  const answered = (): void => {
    if (!down) return;
    down = false;
    emitEvent(events, {
      type: "cache.available",
      severity: "info",
      message: `The backend of the cache "${cache}" answers again.`,
      detail: { cache },
    });
  };
  const refused = (place: Place, severity: "warning" | "security", why: string): void =>
    emitEvent(events, {
      type: "cache.value-refused",
      severity,
      message: `A value of the cache "${cache}" was refused: ${why}.`,
      detail: { cache, tenant: place.partition.tenantId, place: place.field, why },
    });
  return {
    async asking(work) {
      let result;
      try {
        result = await work();
      } catch (error) {
        throw failed(asUnavailable(error));
      }
      answered();
      return result;
    },
    misfit: (place, why) => refused(place, harmless.has(why) ? "warning" : "security", why),
    tooLarge: (place, bytes) => refused(place, "warning", `it has ${bytes} bytes`),
    refreshFailed: (place, error) =>
      emitEvent(events, {
        type: "cache.refresh-failed",
        severity: "warning",
        // An error's message may hold a tenant's data.
        message: `A stale value of the cache "${cache}" could not be computed again.`,
        detail: {
          cache,
          tenant: place.partition.tenantId,
          error: error instanceof Error ? error.name : typeof error,
          code: isTenantryError(error) ? error.code : null,
        },
      }),
  };
}
