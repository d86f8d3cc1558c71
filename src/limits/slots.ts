export interface SlotSettings {
  /** Of one key. */
  readonly maxWaiting: number;
  /** Milliseconds. */
  readonly maxWait: number;
}

/** `full`: as many wait as may; `late`: it waited and none came free. */
export type Refused = "full" | "late";

interface Lane {
  running: number;
  /** In the order they came; each is called with its turn. */
  readonly waiting: Set<() => void>;
}

/** Places for work, counted for each key by itself. */
export class Slots {
  readonly #settings: SlotSettings;
  readonly #lanes = new Map<string, Lane>();

  constructor(settings: SlotSettings) {
    this.#settings = settings;
  }

  /** Gives what ends the work, once a place is free. */
  async take(key: string, max: number): Promise<(() => void) | Refused> {
    const lane = this.#lanes.get(key) ?? { running: 0, waiting: new Set() };
    if (lane.running < max) {
      lane.running += 1;
      this.#lanes.set(key, lane);
      return this.#releaseOnce(key, lane);
    }
    // Where nothing runs nothing ends, so that waiting would be for nothing.
    if (lane.waiting.size >= this.#settings.maxWaiting || lane.running === 0) return "full";
    return (await this.#turn(lane)) ? this.#releaseOnce(key, lane) : "late";
  }

  /** Whether a place was handed over in time. */
  #turn(lane: Lane): Promise<boolean> {
    return new Promise((resolve) => {
      const turn = (): void => {
        clearTimeout(timer);
        resolve(true);
      };
      const timer = setTimeout(() => {
        lane.waiting.delete(turn);
        resolve(false);
      }, this.#settings.maxWait);
      lane.waiting.add(turn);
    });
  }

  #releaseOnce(key: string, lane: Lane): () => void {
    let held = true;
    return () => {
      if (!held) return;
      held = false;
      this.#release(key, lane);
    };
  }

  #release(key: string, lane: Lane): void {
    const [next] = lane.waiting;
    if (next !== undefined) {
      // The place goes over without coming free: nobody who comes now may take it.
      lane.waiting.delete(next);
      return next();
    }
    lane.running -= 1;
    if (lane.running === 0) this.#lanes.delete(key);
  }
}
