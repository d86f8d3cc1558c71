/** The slice of BullMQ's job, as the worker's processor gets it. */
export interface BullJob {
  readonly id?: string | undefined;
  readonly name: string;
  readonly queueName: string;
  /** The id of the job scheduler that made it. */
  readonly repeatJobKey?: string | undefined;
  data: unknown;
  updateData(data: unknown): Promise<void>;
  moveToDelayed(timestamp: number, token?: string): Promise<void>;
}

export interface BullJobOptions {
  readonly jobId?: string | undefined;
  /** Milliseconds. */
  readonly delay?: number | undefined;
  readonly deduplication?: { readonly id: string } | undefined;
}

export interface BullRepeatOptions {
  readonly startDate?: Date | string | number | undefined;
}

export interface BullTemplate {
  readonly name?: string | undefined;
  readonly data?: unknown;
  readonly opts?: object | undefined;
}

/** The slice of BullMQ's queue. */
export interface BullQueue {
  readonly name: string;
  add(name: string, data: unknown, options?: object): Promise<unknown>;
  addBulk(jobs: { name: string; data: unknown; opts?: object }[]): Promise<unknown>;
  upsertJobScheduler(id: string, repeat: object, template?: BullTemplate): Promise<unknown>;
  removeJobScheduler(id: string): Promise<boolean>;
}

/** The slice of what a FlowProducer adds. */
export interface BullFlow {
  name: string;
  queueName: string;
  data?: unknown;
  opts?: object | undefined;
  children?: BullFlow[] | undefined;
}
