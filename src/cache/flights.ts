import { unavailable } from "./problems.js";

type Work = (signal: AbortSignal) => Promise<Buffer>;

/** Computations under way, one of a name. Each cache has its own; names begin with a place. */
export interface Flights {
  /**
   * Joins the computation of that name, or starts it. Failures are shared as well.
   * @throws {TenantryError} `CACHE_UNAVAILABLE` after the time limit; `work` is told by its signal,
   * and the name is free again.
   */
  join(name: string, work: Work): Promise<Buffer>;
  has(name: string): boolean;
}

export function createFlights(cache: string, timeout: number): Flights {
  const underWay = new Map<string, Promise<Buffer>>();
  return {
    has: (name) => underWay.has(name),
    join(name, work) {
      const running = underWay.get(name);
      if (running !== undefined) return running;
      const flight = limited(work, timeout, cache).finally(() => underWay.delete(name));
      underWay.set(name, flight);
      return flight;
    },
  };
}

async function limited(work: Work, timeout: number, cache: string): Promise<Buffer> {
  const stop = new AbortController();
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => {
      const error = unavailable(
        `A value for the cache "${cache}" was not computed within ${timeout} ms.`,
      );
      stop.abort(error);
      reject(error);
    }, timeout);
  });
  try {
    return await Promise.race([work(stop.signal), late]);
  } finally {
    clearTimeout(timer);
  }
}

/** What `work` gives, unless the caller no longer waits for it; `work` goes on for others. */
export async function unlessAborted<T>(
  work: Promise<T>,
  signal: AbortSignal | undefined,
): Promise<T> {
  if (signal === undefined) return work;
  let onAbort: (() => void) | undefined;
  const aborted = new Promise<never>((_resolve, reject) => {
    onAbort = () => reject(signal.reason as Error);
    signal.addEventListener("abort", onAbort, { once: true });
    if (signal.aborted) onAbort();
  });
  try {
    return await Promise.race([work, aborted]);
  } finally {
    signal.removeEventListener("abort", onAbort!);
  }
}
