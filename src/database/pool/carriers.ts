import type { TenantScope } from "../../core/scope.js";
import type { QueryConfig, QueryResult } from "../query.js";
import type { ScopedPgClient } from "./scoped-client.js";

interface Carrier {
  readonly client: ScopedPgClient;
  /** When the unit that the server works on now was handed to it. */
  frontSince: number;
}

/**
 * Connections that carry units of many callers, one written behind the other without waiting.
 * Each unit is its own transaction with its own scope up to its own Sync, so neighbours share
 * nothing but the wire.
 */
export class Carriers {
  readonly #carriers: Carrier[] = [];

  /**
   * @param depth units in flight per connection, at most
   * @param patience milliseconds after which a busy connection takes no further units
   */
  constructor(
    readonly depth: number,
    readonly patience: number,
  ) {}

  /** The carrier with the fewest units in flight, or null where none should take another. */
  least(): Carrier | null {
    let best: Carrier | null = null;
    for (const carrier of this.#carriers) {
      const { inFlight, unfit } = carrier.client.session;
      if (inFlight >= this.depth || unfit !== null) continue;
      if (best === null || inFlight < best.client.session.inFlight) best = carrier;
    }
    if (best === null || best.client.session.inFlight === 0) return best;
    return performance.now() - best.frontSince < this.patience ? best : null;
  }

  add(client: ScopedPgClient): Carrier {
    client.session.lease = null;
    client.pipeline = true;
    const carrier = { client, frontSince: 0 };
    this.#carriers.push(carrier);
    return carrier;
  }

  /** @returns the result; `onTime` hears how long the server was busy with it, in milliseconds */
  async run(
    carrier: Carrier,
    query: QueryConfig,
    scope: TenantScope,
    onTime: (milliseconds: number) => void,
    callersWait: () => boolean,
  ): Promise<QueryResult<unknown>> {
    const { session } = carrier.client;
    const sentAt = performance.now();
    if (session.inFlight === 0) carrier.frontSince = sentAt;
    try {
      return await session.run(query, scope);
    } finally {
      const now = performance.now();
      onTime(now - Math.max(sentAt, carrier.frontSince));
      carrier.frontSince = now;
      if (session.inFlight === 0) this.#retire(carrier, callersWait);
    }
  }

  /** Gives an idle carrier back to the pool, a moment later: the next unit is often just coming. */
  #retire(carrier: Carrier, callersWait: () => boolean): void {
    const giveBack = (): void => {
      const at = this.#carriers.indexOf(carrier);
      if (at === -1 || carrier.client.session.inFlight > 0) return;
      this.#carriers.splice(at, 1);
      carrier.client.pipeline = false;
      carrier.client.release();
    };
    if (callersWait() || carrier.client.session.unfit !== null) giveBack();
    else setImmediate(giveBack);
  }
}
