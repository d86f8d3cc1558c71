import { emitEvent, type EventInput, type EventSink } from "../../core/event.js";

/** Told when a connection gets up, and when it goes down: then with the reason in the detail. */
export interface StateEvents {
  readonly up: Pick<EventInput, "type" | "message">;
  readonly down: Pick<EventInput, "type" | "message">;
}

/** Tells of each state once, however often it is said again. */
export function createStateEvents(
  sink: EventSink,
  events: StateEvents,
): (state: "up" | "down", reason: Error | null) => void {
  let told: "up" | "down" | undefined;
  return (state, reason) => {
    if (told === state) return;
    told = state;
    const severity = state === "up" ? "info" : "warning";
    emitEvent(sink, { ...events[state], severity, detail: detailOf(reason) });
  };
}

const detailOf = (reason: Error | null) =>
  reason === null ? {} : { reason: (reason as { code?: string }).code ?? reason.message };
