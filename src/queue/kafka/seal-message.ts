import type { JobTenancy } from "../contract.js";
import { jobSealHeader } from "../seal-header.js";
import { sealedBytes } from "./payload.js";
import type { KafkaOutgoing } from "./slices.js";

export interface SealMessageOptions {
  /** Whole seconds that the message may wait. Default 604,800 (7 days); at most 366 days. */
  readonly lifetimeSeconds?: number;
}

/**
 * A message for `producer.send({ topic, messages })`, with the active scope sealed into its header
 * `tenantry-job`. The seal is for the topic, the key and the value: not for the partition, the offset
 * or other headers, so whoever may write to the topic can write the message again.
 * @throws {TenantryError} `SCOPE_REQUIRED`, `CONFIG_INVALID`
 */
export function sealMessage<Message extends KafkaOutgoing>(
  tenancy: JobTenancy,
  topic: string,
  message: Message,
  { lifetimeSeconds }: SealMessageOptions = {},
): Message & { readonly headers: Record<string, string> } {
  const seal = tenancy.sealJob({
    queue: topic,
    payload: sealedBytes(message.key, message.value),
    ...(lifetimeSeconds === undefined ? {} : { lifetimeSeconds }),
  });
  return { ...message, headers: { ...message.headers, [jobSealHeader]: seal } } as Message & {
    readonly headers: Record<string, string>;
  };
}
