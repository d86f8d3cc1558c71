import { isTenantryError } from "../../core/tenantry-error.js";
import type { IncomingJob, JobTenancy } from "../contract.js";
import { deadLetterCode } from "../dead-letter.js";
import { runJob } from "../run-job.js";
import { jobSealHeader } from "../seal-header.js";
import { sealedBytes } from "./payload.js";
import type { KafkaIncoming } from "./slices.js";

export interface EachMessageOptions<Incoming extends KafkaIncoming> {
  /**
   * Keeps a message that is not run, such as by sending it to a topic of dead letters; the offset
   * moves on when this is done. What it throws stops the partition, as it must: nothing is dropped.
   */
  readonly deadLetter: (incoming: Incoming, code: string) => Promise<unknown>;
}

/**
 * Wraps the `eachMessage` of a Kafka consumer: it runs in the scope that was sealed into the message.
 * Work that throws is thrown on, and so is a registry that does not answer: Kafka's client tries the
 * message again, and the partition waits. Whatever else is refused goes to `deadLetter`, also what is
 * for a suspended tenant, behind whom the partition's other tenants must not wait.
 */
export function tenantEachMessage<Incoming extends KafkaIncoming>(
  tenancy: JobTenancy,
  work: (incoming: Incoming) => Promise<unknown>,
  { deadLetter }: EachMessageOptions<Incoming>,
): (incoming: Incoming) => Promise<void> {
  return async (incoming) => {
    const outcome = await runJob(tenancy, received(incoming), () => work(incoming));
    if (outcome.kind === "failed") throw outcome.error;
    if (outcome.kind !== "refused" && outcome.kind !== "postponed") return;
    if (isTenantryError(outcome.error, "REGISTRY_UNAVAILABLE")) throw outcome.error;
    await deadLetter(incoming, deadLetterCode(outcome.error));
  };
}

function received({ topic, message }: KafkaIncoming): IncomingJob {
  const seal = message.headers?.[jobSealHeader];
  return {
    // Of several headers of the name kafkajs makes an array: more than one seal is none.
    seal: Array.isArray(seal) ? seal.join() : seal?.toString(),
    queue: topic,
    payload: () => sealedBytes(message.key, message.value),
  };
}
