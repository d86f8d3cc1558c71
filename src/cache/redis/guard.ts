import { isTenantryError } from "../../core/tenantry-error.js";
import { unavailable } from "../problems.js";

/** Runs calls of a server: each ends in time, and while it is down few are tried. */
export type Guard = <T>(work: () => Promise<T>) => Promise<T>;

/** This many failures in a row, and the server is left in peace. */
const failuresInARow = 3;

/** Milliseconds between two tries while it is. */
const rest = 500;

/** What the server itself answered, as against what became of the connection: `WRONGTYPE …`. */
const isReply = (error: unknown): boolean =>
  error instanceof Error && /^[A-Z]{2,}[A-Z0-9_]* /.test(error.message);

/** @param timeout milliseconds that one call may take */
export function createGuard(timeout: number): Guard {
  let failures = 0;
  let nextTry = 0;
  return async (work) => {
    if (failures >= failuresInARow) {
      const now = performance.now();
      if (now < nextTry) throw unavailable("Redis did not answer lately.");
      nextTry = now + rest;
    }
    try {
      const result = await within(timeout, work());
      failures = 0;
      return result;
    } catch (error) {
      if (isReply(error)) failures = 0;
      else if ((failures += 1) >= failuresInARow) nextTry = performance.now() + rest;
      throw isTenantryError(error) ? error : unavailable("Redis failed.", error);
    }
  };
}

async function within<T>(timeout: number, work: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(
      () => reject(unavailable(`Redis did not answer within ${timeout} ms.`)),
      timeout,
    );
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}
