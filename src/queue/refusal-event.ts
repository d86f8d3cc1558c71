import type { ErrorCode } from "../core/errors.js";
import { emitEvent, type EventSink, type TenantryEvent } from "../core/event.js";
import { isTenantryError } from "../core/tenantry-error.js";
import type { IncomingJob, JobOutcome } from "./contract.js";

/** What somebody did, rather than what happened. */
const attacks: readonly ErrorCode[] = ["SEAL_REQUIRED", "SEAL_INVALID"];

/** Tells of a job that was not run: its queue, name and id, and why; neither seal nor payload. */
export function reportRefusal(
  events: EventSink,
  job: IncomingJob,
  error: Error,
  outcome: Extract<JobOutcome<never>["kind"], "postponed" | "refused">,
): void {
  const code = isTenantryError(error) ? error.code : "INTERNAL";
  emitEvent(events, {
    type: "job.refused",
    severity: severityOf(code, outcome),
    // An error of no code of ours may quote the payload.
    message: isTenantryError(error) ? error.message : "A job could not be read.",
    detail: {
      code,
      outcome,
      queue: short(job.queue),
      job: short(job.name),
      id: short(job.id),
      schedule: short(job.schedule),
    },
  });
}

function severityOf(code: ErrorCode, outcome: string): TenantryEvent["severity"] {
  if (attacks.includes(code)) return "security";
  return outcome === "refused" ? "warning" : "info";
}

/** Of a job that nobody vouches for, so of any length. */
function short(text: string | undefined): string | null {
  return text === undefined ? null : text.slice(0, 200);
}
