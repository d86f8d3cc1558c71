/** Why the probe stops asking before it is done. */
export class BudgetSpent extends Error {
  override readonly name = "BudgetSpent";
}

export interface BudgetOptions {
  readonly maxRequests: number;
  readonly maxSeconds: number;
  /** Requests a second; 0 is as fast as the service answers. */
  readonly rate: number;
  readonly signal?: AbortSignal | undefined;
}

/** Bounds what a run may ask: requests, time and rate. */
export class Budget {
  private spent = 0;
  private readonly ends: number;
  private next = 0;
  private tidying = false;

  constructor(private readonly options: BudgetOptions) {
    this.ends = performance.now() + options.maxSeconds * 1000;
  }

  get requests(): number {
    return this.spent;
  }

  /** What cleans up is never refused: it is bounded by what was made. */
  startTidying(): void {
    this.tidying = true;
  }

  /** Waits for its turn. @throws {BudgetSpent} */
  async take(): Promise<void> {
    if (!this.tidying) this.assertLeft();
    this.spent += 1;
    const { rate } = this.options;
    if (rate <= 0) return;
    const now = performance.now();
    this.next = Math.max(now, this.next + 1000 / rate);
    if (this.next > now) await new Promise((resolve) => setTimeout(resolve, this.next - now));
  }

  private assertLeft(): void {
    const { maxRequests, maxSeconds, signal } = this.options;
    if (signal?.aborted === true) throw new BudgetSpent("it was interrupted");
    if (this.spent >= maxRequests)
      throw new BudgetSpent(`the bound of ${maxRequests} requests was reached (--max-requests)`);
    if (performance.now() > this.ends)
      throw new BudgetSpent(`the bound of ${maxSeconds} seconds was reached (--max-seconds)`);
  }
}
