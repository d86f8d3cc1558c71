import type { IncomingJob, JobOutcome, JobTenancy } from "../contract.js";
import { deadLetterCode } from "../dead-letter.js";
import { runJob } from "../run-job.js";
import { jobSealHeader } from "../seal-header.js";
import type { NatsMessage } from "./slices.js";

export interface SettleOptions {
  readonly mostDeliveries: number;
  /** Milliseconds. */
  readonly retryDelay: number;
  readonly bury: (message: NatsMessage, code: string) => Promise<void>;
}

/**
 * Runs the work for one message and settles it: `ack` when done, `nak` with a delay when trying again
 * may help, otherwise to the dead letters and `term`. Never throws: what cannot be settled, because
 * the connection is gone or no dead letter could be written, comes again by itself.
 */
export async function settleMessage<Message extends NatsMessage>(
  tenancy: JobTenancy,
  message: Message,
  work: (message: Message) => unknown,
  options: SettleOptions,
): Promise<void> {
  const outcome = await runJob(tenancy, incoming(message), () => work(message));
  try {
    await settle(message, outcome, options);
  } catch {
    // Not acknowledged, so the server delivers it again after the consumer's `ack_wait`.
  }
}

async function settle(
  message: NatsMessage,
  outcome: JobOutcome<unknown>,
  { mostDeliveries, retryDelay, bury }: SettleOptions,
): Promise<void> {
  if (outcome.kind === "done") {
    message.ack();
    return;
  }
  const error = outcome.kind === "deferred" ? undefined : outcome.error;
  if (outcome.kind !== "refused" && message.info.deliveryCount < mostDeliveries) {
    message.nak(retryDelay);
    return;
  }
  await bury(message, deadLetterCode(error));
  // Without a reason, which servers before 2.10 do not understand; it is with the dead letter.
  message.term();
}

function incoming({ subject, data, headers }: NatsMessage): IncomingJob {
  // get() would give the first of several: more than one seal is no seal.
  const seals = headers?.values(jobSealHeader) ?? [];
  const id = headers?.get("Nats-Msg-Id") ?? "";
  return {
    seal: seals.length > 1 ? seals.join() : seals[0],
    queue: subject,
    ...(id === "" ? {} : { id }),
    payload: () => data,
  };
}
