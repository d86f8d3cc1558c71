import { checkWhole } from "../../core/check-whole.js";
import { runDetached } from "../../core/context.js";
import { TenantryError } from "../../core/tenantry-error.js";
import type { IncomingJob, JobOutcome, JobTenancy } from "../contract.js";
import { runJob } from "../run-job.js";
import { jobSealHeader } from "../seal-header.js";
import type { AmqpConsumer, AmqpMessage } from "./slices.js";

export interface ConsumeJobsOptions {
  /**
   * The queue that refused messages, and those that fail for good, are dead-lettered to. It is made
   * where it is missing. `"by-policy"` where a policy of the broker's dead-letters them: then nothing
   * is declared here, and without such a policy RabbitMQ drops what is refused.
   */
  readonly deadLetter: { readonly queue: string } | "by-policy";
  /** Default `quorum`, which counts deliveries; a classic queue only tells a first from a second. */
  readonly type?: "quorum" | "classic";
  /** Most deliveries of one message, 1 to 1,000; at most 2 in a classic queue. Default 5. */
  readonly mostDeliveries?: number;
  /** Messages worked on at once, 1 to 1,000: the channel's prefetch. Default 10. */
  readonly concurrency?: number;
}

/**
 * Works a queue of RabbitMQ off, each message in the scope that was sealed into it: `ack` when done,
 * requeued at once while trying again may help, otherwise dead-lettered.
 * @returns the consumer's tag, for `channel.cancel`
 * @throws {TenantryError} `CONFIG_INVALID`; what the channel throws where the queue exists with other
 * arguments, which would not dead-letter
 */
export async function consumeJobs<Message extends AmqpMessage>(
  tenancy: JobTenancy,
  channel: AmqpConsumer,
  queue: string,
  work: (message: Message) => unknown,
  options: ConsumeJobsOptions,
): Promise<string> {
  const { type = "quorum", mostDeliveries = 5, concurrency = 10 } = options;
  checkWhole("`mostDeliveries` of consumeJobs", mostDeliveries, 1, 1000);
  checkWhole("`concurrency` of consumeJobs", concurrency, 1, 1000);
  return runDetached(async () => {
    await declare(channel, queue, options.deadLetter, type);
    await channel.prefetch(concurrency);
    const onMessage = (message: AmqpMessage | null) => {
      // RabbitMQ's way to say that the queue is gone.
      if (message === null) return;
      void runJob(tenancy, incoming(message), () => work(message as Message)).then((outcome) =>
        settle(channel, message, outcome, { type, mostDeliveries }),
      );
    };
    const { consumerTag } = await channel.consume(queue, onMessage, { noAck: false });
    return consumerTag;
  });
}

async function declare(
  channel: AmqpConsumer,
  queue: string,
  deadLetter: ConsumeJobsOptions["deadLetter"],
  type: "quorum" | "classic",
): Promise<void> {
  if (deadLetter === "by-policy") return;
  const { queue: dead } = deadLetter ?? {};
  if (typeof dead !== "string" || dead === "" || dead === queue) {
    throw new TenantryError("CONFIG_INVALID", {
      message: "`deadLetter` of consumeJobs names no other queue.",
      fix: 'Pass { queue: "emails-dead" }, or "by-policy" where the broker has such a policy.',
    });
  }
  const ofType = { "x-queue-type": type };
  await channel.assertQueue(dead, { durable: true, arguments: ofType });
  await channel.assertQueue(queue, {
    durable: true,
    arguments: { ...ofType, "x-dead-letter-exchange": "", "x-dead-letter-routing-key": dead },
  });
}

function incoming({ content, fields, properties }: AmqpMessage): IncomingJob {
  const { messageId, headers } = properties;
  return {
    seal: headers?.[jobSealHeader],
    queue: fields.routingKey,
    name: fields.exchange,
    ...(typeof messageId === "string" ? { id: messageId } : {}),
    payload: () => content,
  };
}

function settle(
  channel: AmqpConsumer,
  message: AmqpMessage,
  outcome: JobOutcome<unknown>,
  limits: RetryLimits,
): void {
  try {
    if (outcome.kind === "done") channel.ack(message);
    else channel.nack(message, false, mayRetry(outcome, message, limits));
  } catch {
    // The channel was closed meanwhile: the broker delivers the message again.
  }
}

interface RetryLimits {
  readonly type: "quorum" | "classic";
  readonly mostDeliveries: number;
}

function mayRetry(
  outcome: JobOutcome<unknown>,
  { fields, properties }: AmqpMessage,
  { type, mostDeliveries }: RetryLimits,
): boolean {
  if (outcome.kind !== "failed" && outcome.kind !== "postponed") return false;
  const counted = properties.headers?.["x-delivery-count"];
  // In a classic queue the header is whatever the producer made it.
  if (type === "quorum" && Number.isInteger(counted) && Number(counted) >= 0) {
    return Number(counted) + 1 < mostDeliveries;
  }
  return !fields.redelivered && mostDeliveries > 1;
}
