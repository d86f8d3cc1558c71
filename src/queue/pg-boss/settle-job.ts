import { canonicalJson } from "../canonical-json.js";
import type { JobOutcome, JobTenancy } from "../contract.js";
import { runJob } from "../run-job.js";
import { splitData } from "../sealed-data.js";
import type { BossJob, BossResult } from "./slices.js";

/** Runs one job and says how it ended, in pg-boss's words. */
export async function settleJob<Job extends BossJob>(
  tenancy: JobTenancy,
  queue: string,
  job: Job,
  work: (job: Job) => unknown,
): Promise<BossResult> {
  const { seal, data } = splitData(job.data);
  const outcome = await runJob(
    tenancy,
    // A redriven job has a new id, and the one that it was sealed with as its root.
    { seal, queue, id: job.sourceRootId ?? job.id, payload: () => canonicalJson(data) },
    () => {
      job.data = data;
      return work(job);
    },
  );
  return { id: job.id, ...settled(outcome) };
}

function settled(outcome: JobOutcome<unknown>): Omit<BossResult, "id"> {
  switch (outcome.kind) {
    case "done":
      return { status: "completed", ...(outcome.result == null ? {} : { output: outcome.result }) };
    case "refused":
      // Terminal at once: no retry mends a seal.
      return { status: "deadletter", output: described(outcome.error) };
    case "failed":
    case "postponed":
      return { status: "failed", output: described(outcome.error) };
    case "deferred":
      return { status: "failed" };
  }
}

/** Errors have nothing that JSON would keep. */
function described(error: unknown): object {
  if (!(error instanceof Error)) return { message: String(error) };
  const { name, message, stack } = error;
  const { code } = error as { code?: unknown };
  return { name, message, stack, ...(typeof code === "string" ? { code } : {}) };
}
