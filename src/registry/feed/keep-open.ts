import { setTimeout as pause } from "node:timers/promises";
import { createPauses } from "./pauses.js";

/** A connection, from when it is proven to receive until it is lost. */
export interface OpenSession {
  /** Fulfilled once the connection is known to be lost, with what was seen. Never rejected. */
  readonly lost: Promise<Error>;
  close(): void;
}

export interface Told {
  up(): void;
  /** After each loss, and each attempt that failed. */
  down(reason: Error): void;
}

/** Opens a session, and another whenever it is lost, with pauses in between, until `closing`. */
export async function keepOpen(
  open: () => Promise<OpenSession>,
  closing: AbortSignal,
  told: Told,
): Promise<void> {
  const pauses = createPauses();
  while (!closing.aborted) {
    let reason: Error;
    try {
      const session = await open();
      pauses.reset();
      told.up();
      reason = await lostOrClosed(session.lost, closing);
      session.close();
    } catch (error) {
      reason = error as Error;
    }
    told.down(reason);
    await pause(pauses.after(reason), undefined, { signal: closing }).catch(() => undefined);
  }
}

/** Leaves no listener behind: a feed that lives for months connects anew many times. */
async function lostOrClosed(lost: Promise<Error>, closing: AbortSignal): Promise<Error> {
  let onClose = (): void => undefined;
  const closed = new Promise<Error>((resolve) => {
    onClose = () => resolve(new Error("the feed was closed"));
  });
  closing.addEventListener("abort", onClose, { once: true });
  if (closing.aborted) onClose();
  try {
    return await Promise.race([lost, closed]);
  } finally {
    closing.removeEventListener("abort", onClose);
  }
}
