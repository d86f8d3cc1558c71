/** The slice of a pg-boss job. */
export interface BossJob {
  readonly id: string;
  readonly name: string;
  data: unknown;
  /** The id of the first job of a chain of dead letters and redrives. */
  readonly sourceRootId?: string | null;
}

/** The slice of the options of a job. `id` is a uuid. */
export interface BossJobOptions {
  readonly id?: string;
  /** Seconds from now, a date, or its ISO 8601 text. */
  readonly startAfter?: number | string | Date;
  readonly singletonKey?: string;
  readonly group?: { readonly id: string };
}

export interface BossInsert extends BossJobOptions {
  readonly data?: unknown;
}

/** How a batch of one ended, as `perJobResults` wants it. */
export interface BossResult {
  readonly id: string;
  readonly status: "completed" | "failed" | "deadletter";
  readonly output?: unknown;
}

/** The slice of pg-boss. */
export interface Boss {
  send(name: string, data?: object | null, options?: object): Promise<string | null>;
  insert(name: string, jobs: object[], options?: object): Promise<string[] | null>;
  schedule(name: string, cron: string, data?: object | null, options?: object): Promise<void>;
  unschedule(name: string, key?: string): Promise<void>;
  work(
    name: string,
    options: object,
    handler: (jobs: never[]) => Promise<readonly BossResult[]>,
  ): Promise<string>;
}
