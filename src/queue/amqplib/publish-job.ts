import { newUuid } from "../../core/uuid.js";
import type { JobTenancy } from "../contract.js";
import { jobSealHeader } from "../seal-header.js";
import type { AmqpPublisher } from "./slices.js";

export interface AmqpTarget {
  /** Default `""`: the default exchange, where the routing key is the queue. */
  readonly exchange?: string;
  /** 1 to 200 characters. */
  readonly routingKey: string;
}

export interface AmqpPublishOptions {
  readonly headers?: Readonly<Record<string, unknown>>;
  /** Default a new uuid. */
  readonly messageId?: string;
  /** Whole seconds that the message may wait. Default 604,800 (7 days); at most 366 days. */
  readonly lifetimeSeconds?: number;
}

/**
 * Publishes a message with the active scope sealed into its header `tenantry-job`. The seal is for
 * the exchange, the routing key, the message's id and its bytes; other headers and properties are
 * not covered by it. Messages are persistent unless the options say otherwise.
 * @returns what the channel's `publish` returns
 * @throws {TenantryError} `SCOPE_REQUIRED`, `CONFIG_INVALID`
 */
export function publishJob(
  tenancy: JobTenancy,
  channel: AmqpPublisher,
  { exchange = "", routingKey }: AmqpTarget,
  content: Buffer,
  { lifetimeSeconds, ...options }: AmqpPublishOptions & Readonly<Record<string, unknown>> = {},
): boolean {
  const messageId = options.messageId ?? newUuid();
  const seal = tenancy.sealJob({
    queue: routingKey,
    name: exchange,
    id: messageId,
    payload: content,
    ...(lifetimeSeconds === undefined ? {} : { lifetimeSeconds }),
  });
  return channel.publish(exchange, routingKey, content, {
    persistent: true,
    ...options,
    messageId,
    headers: { ...options.headers, [jobSealHeader]: seal },
  });
}
