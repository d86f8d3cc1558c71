import type { EventSink } from "../core/event.js";
import type { TenantScope } from "../core/scope.js";
import type { JobIdentity, SealJobOptions } from "../core/seal/job-seal.js";

/** A job whose seal was opened. */
export interface OpenedJob {
  readonly scope: TenantScope;
  /** When its seal expires, in seconds since the epoch. */
  readonly expiresAt: number;
}

/** What producers and workers need of a Tenantry; `createTenantry` gives it. */
export interface JobTenancy {
  readonly events: EventSink;
  scope(): TenantScope;
  sealJob(options: SealJobOptions): string;
  openJob(seal: unknown, job: JobIdentity): Promise<OpenedJob>;
}

/** A job as it came out of a queue: its envelope taken apart by the queue's adapter. */
export interface IncomingJob extends Omit<JobIdentity, "payload"> {
  /** What stood where the seal rides: believed of nobody. */
  readonly seal: unknown;
  /** Called once; may throw where the payload cannot be read. */
  readonly payload: () => JobIdentity["payload"];
}

/**
 * How a job ended. What the queue does about each is the adapter's affair:
 * - `done`: acknowledged
 * - `failed`: the work threw; the queue's own retries
 * - `postponed`: a suspended tenant or a registry that does not answer; the queue's own retries
 * - `deferred`: the tenant has its share already; later, not counted as an attempt
 * - `refused`: no good seal, or a tenant gone for good; never retried, kept where it can be seen
 */
export type JobOutcome<T> =
  | { readonly kind: "done"; readonly result: T }
  | { readonly kind: "failed"; readonly error: unknown }
  | { readonly kind: "postponed"; readonly error: Error }
  | { readonly kind: "deferred"; readonly delay: number }
  | { readonly kind: "refused"; readonly error: Error };
