import { TenantryError } from "../../core/tenantry-error.js";

export interface WorkQueueSettings {
  readonly concurrency: number;
  readonly maxWaiting: number;
}

/** Runs so many pieces of work at once; the others wait in the order they came, or are refused. */
export class WorkQueue {
  readonly #settings: WorkQueueSettings;
  #running = 0;
  /** In the order they came; each is called with its turn. */
  readonly #waiting = new Set<() => void>();

  constructor(settings: WorkQueueSettings) {
    this.#settings = settings;
  }

  /**
   * Runs `work` when it is its turn. One whose caller gives up while it waits leaves the queue; what is
   * under way goes on to its end.
   * @throws {TenantryError} `SIGN_IN_BUSY`; the signal's reason; and what `work` throws
   */
  async run<T>(work: () => Promise<T>, signal?: AbortSignal): Promise<T> {
    signal?.throwIfAborted();
    if (this.#running < this.#settings.concurrency) this.#running += 1;
    else await this.#turn(signal);
    try {
      return await work();
    } finally {
      this.#pass();
    }
  }

  async #turn(signal: AbortSignal | undefined): Promise<void> {
    if (this.#waiting.size >= this.#settings.maxWaiting) throw busy(this.#settings);
    await new Promise<void>((resolve, reject) => {
      const turn = (): void => {
        signal?.removeEventListener("abort", leave);
        resolve();
      };
      const leave = (): void => {
        this.#waiting.delete(turn);
        // eslint asks for an Error; a signal's reason is whatever its owner chose.
        reject(signal?.reason as Error);
      };
      this.#waiting.add(turn);
      signal?.addEventListener("abort", leave, { once: true });
    });
  }

  /** The place goes over without coming free: nobody who comes now may take it. */
  #pass(): void {
    const [next] = this.#waiting;
    if (next === undefined) return void (this.#running -= 1);
    this.#waiting.delete(next);
    next();
  }
}

function busy({ concurrency, maxWaiting }: WorkQueueSettings): TenantryError {
  return new TenantryError("SIGN_IN_BUSY", {
    message: `${concurrency} passwords are being hashed, and ${maxWaiting} wait for it.`,
    fix: "Try again when some of it is done.",
    retryAfter: 2,
  });
}
