import type { TenantScope } from "../../core/scope.js";
import type { QueryConfig, QueryResult } from "../query.js";
import type { ScopedPgClient } from "./scoped-client.js";

/** A connection that carries units of many callers. */
export interface Carrier {
  readonly client: ScopedPgClient;
  /** Milliseconds of work that its units in flight are expected to be. */
  backlog: number;
  /** When the server began with the unit that it works on now. */
  frontSince: number;
}

export interface Trip {
  readonly query: QueryConfig;
  readonly scope: TenantScope;
  /** Milliseconds that the statement is expected to take. */
  readonly expected: number;
  /** Hears how long the server was busy with it, in milliseconds. */
  readonly onTime: (milliseconds: number) => void;
}

/**
 * Connections on which units of many callers are written one behind the other, without waiting.
 * Each unit is its own transaction with its own scope up to its own Sync, so neighbours share
 * nothing but the wire.
 */
export class Carriers {
  readonly #carriers: Carrier[] = [];

  /**
   * @param depth units in flight per connection, at most
   * @param patience milliseconds after which a connection busy with one unit takes no further ones
   * @param callersWait whether someone waits for a whole connection
   */
  constructor(
    readonly depth: number,
    readonly patience: number,
    readonly callersWait: () => boolean,
  ) {}

  /** The carrier with the least work before it, or null where none should take another unit. */
  least(): Carrier | null {
    const now = performance.now();
    const open = this.#carriers.filter((carrier) => this.#takes(carrier, now));
    return open.reduce<Carrier | null>(
      (best, carrier) => (best === null || carrier.backlog < best.backlog ? carrier : best),
      null,
    );
  }

  #takes({ client: { session }, frontSince }: Carrier, now: number): boolean {
    if (session.defect !== null || session.inFlight >= this.depth) return false;
    return session.inFlight === 0 || now - frontSince < this.patience;
  }

  add(client: ScopedPgClient): Carrier {
    client.session.lease = null;
    client.pipeline = true;
    const carrier = { client, backlog: 0, frontSince: 0 };
    this.#carriers.push(carrier);
    return carrier;
  }

  run(carrier: Carrier, trip: Trip): Promise<QueryResult<unknown>> {
    const { session } = carrier.client;
    const sentAt = performance.now();
    if (session.inFlight === 0) carrier.frontSince = sentAt;
    carrier.backlog += trip.expected;
    return new Promise((resolve, reject) => {
      session.start(trip.query, trip.scope, (error, result) => {
        const now = performance.now();
        trip.onTime(now - Math.max(sentAt, carrier.frontSince));
        carrier.frontSince = now;
        carrier.backlog = session.inFlight === 0 ? 0 : carrier.backlog - trip.expected;
        if (session.inFlight === 0) this.#retire(carrier);
        if (error === null) resolve(result!);
        else reject(error);
      });
    });
  }

  /** Gives an idle carrier back to the pool, a moment later: the next unit is often just coming. */
  #retire(carrier: Carrier): void {
    const giveBack = (): void => {
      const at = this.#carriers.indexOf(carrier);
      if (at === -1 || carrier.client.session.inFlight > 0) return;
      this.#carriers.splice(at, 1);
      carrier.client.pipeline = false;
      carrier.client.release();
    };
    if (this.callersWait() || carrier.client.session.defect !== null) giveBack();
    else setImmediate(giveBack);
  }
}
