import type { Tenantry } from "tenantry";

export type Payload = Readonly<Record<string, unknown>>;

/** A job as it lies in the queue, for taking apart and putting together otherwise. */
export interface RawJob {
  readonly name: string;
  readonly payload: Payload;
  readonly seal: string | undefined;
  readonly id: string;
}

export type Work = (payload: Payload) => Promise<unknown>;

/** One queue of its own on a real broker, with its adapter and its bare client. */
export interface QueueHost {
  readonly queue: string;
  /** Through the adapter, in the active scope. */
  enqueue(payload: Payload, options?: { readonly delay?: number }): Promise<unknown>;
  /** A job with its seal, of the active scope, not enqueued. */
  seal(payload: Payload, tenantry: Tenantry): RawJob;
  /** By the bare client, past the adapter. */
  inject(job: RawJob): Promise<unknown>;
  /** Through the adapter: about every second, in the active scope. */
  readonly repeat?: (payload: Payload) => Promise<unknown>;
  /** Starts the worker; the first failure of a job is tried again soon. */
  work(work: Work): Promise<unknown>;
  /** How many jobs are where the queue keeps what failed for good. */
  failed(): Promise<number>;
  /** Everything the broker keeps of those, as text. */
  failedText(): Promise<string>;
  /** Ends the worker and removes the queue. */
  close(): Promise<void>;
}

/** What a queue does by itself: without it there is nothing to test. */
export interface Abilities {
  /** Jobs have names, which the seal covers. */
  readonly names?: boolean;
  readonly delays?: boolean;
  readonly repeats?: boolean;
}

export type OpenHost = (tenantry: Tenantry) => Promise<QueueHost>;

/** Jobs are tried this often where they fail by themselves. */
export const attempts = 3;
