import type { Redis } from "./redis.js";

/** The prefix of a BullMQ queue's keys, as `bull:mail:`. */
export type BullQueue = string;

const mostJobs = 500;

/** Told by the hash in which BullMQ keeps what it knows of a queue. */
export async function bullQueues(redis: Redis): Promise<readonly BullQueue[]> {
  const { keys } = await redis.keys();
  const candidates = keys.filter((key) => /^[^:]+:.+:meta$/.test(key));
  const found = await Promise.all(
    candidates.map(async (key) => {
      if (!(await redis.isHash(key))) return [];
      const [version] = await redis.fields(key, "version");
      return version?.startsWith("bullmq") === true ? [key.slice(0, -"meta".length)] : [];
    }),
  );
  return found.flat();
}

export function isBullKey(key: string, queues: readonly BullQueue[]): boolean {
  return queues.some((queue) => key.startsWith(queue));
}

export interface BullJob {
  readonly queue: string;
  readonly id: string;
  /** As JSON. */
  readonly data: string;
}

/** A bounded number of each queue's jobs, waiting or done. */
export async function bullJobs(
  redis: Redis,
  queues: readonly BullQueue[],
): Promise<readonly BullJob[]> {
  const { keys } = await redis.keys();
  const jobs = queues.flatMap((queue) =>
    keys
      .filter((key) => key.startsWith(queue) && !key.slice(queue.length).includes(":"))
      .slice(0, mostJobs)
      .map(async (key): Promise<readonly BullJob[]> => {
        if (!(await redis.isHash(key))) return [];
        const [data] = await redis.fields(key, "data");
        const name = queue.slice(queue.indexOf(":") + 1, -1);
        return data == null ? [] : [{ queue: name, id: key.slice(queue.length), data }];
      }),
  );
  return (await Promise.all(jobs)).flat();
}
