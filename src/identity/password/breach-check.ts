import { emitEvent, type EventSink } from "../../core/event.js";
import { sha1Of, type IsBreached } from "./breached.js";

/**
 * Asks the hook, for so many milliseconds. One that fails or is late says no, and is an event: an outage
 * of somebody's list must not be one of sign-up. The other rules hold, and so do the limits of sign-in.
 */
export async function askIfBreached(
  password: string,
  isBreached: IsBreached,
  { timeout, events }: { readonly timeout: number; readonly events: EventSink },
): Promise<boolean> {
  const controller = new AbortController();
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`no answer within ${timeout} ms`)), timeout);
  });
  try {
    const asked = (async () => isBreached(sha1Of(password), controller.signal))();
    const answer: unknown = await Promise.race([asked, late]);
    if (typeof answer !== "boolean") throw new TypeError("it answered neither true nor false");
    return answer;
  } catch (error) {
    const why = error instanceof Error ? error.name : typeof error;
    emitEvent(events, {
      type: "password.breach-check-failed",
      severity: "warning",
      message: `Whether a password is known from a breach could not be asked: ${why}.`,
    });
    return false;
  } finally {
    clearTimeout(timer);
    controller.abort();
  }
}
