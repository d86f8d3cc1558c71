import { availableParallelism } from "node:os";

/** Threads that libuv has unless told otherwise. */
const usualThreads = 4;

/**
 * One hash for each processor, 2 at least. Hashing runs on libuv's threads, as file access and DNS do,
 * so one of them is left over: else a flood of sign-ins would stop those.
 */
export function defaultConcurrency(
  processors = availableParallelism(),
  threads = Number(process.env["UV_THREADPOOL_SIZE"]) || usualThreads,
): number {
  return Math.max(2, Math.min(processors, threads - 1));
}
