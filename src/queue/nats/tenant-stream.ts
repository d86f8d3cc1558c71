import { checkWhole } from "../../core/check-whole.js";
import { runDetached } from "../../core/context.js";
import { newUuid } from "../../core/uuid.js";
import { TenantryError } from "../../core/tenantry-error.js";
import type { JobTenancy } from "../contract.js";
import { refusedHeader } from "../dead-letter.js";
import { jobSealHeader } from "../seal-header.js";
import { tenantKey } from "../tenant-key.js";
import { settleMessage, type SettleOptions } from "./settle-message.js";
import type { JetStream, NatsHeaders, NatsMessage, NatsPublishOptions } from "./slices.js";

export interface TenantStreamOptions {
  /** The caller's JetStream client: `jetstream(connection)`. */
  readonly jetstream: JetStream;
  /** `headers` of @nats-io/transport-node, which makes empty ones. */
  readonly headers: () => NatsHeaders;
}

export interface ConsumeOptions {
  /** Where messages go that are refused, or fail for good: a subject that a stream keeps. */
  readonly deadLetterSubject: string;
  /** Most deliveries of one message, 1 to 1,000. Below the consumer's `max_deliver`. Default 5. */
  readonly mostDeliveries?: number;
  /** Milliseconds before a failed message comes again, 0 to 3,600,000. Default 5,000. */
  readonly retryDelay?: number;
  /** Messages worked on at once, 1 to 1,000. Default 10. */
  readonly concurrency?: number;
}

export interface TenantStream {
  /** Publishes with the active scope sealed into the header `tenantry-job`. */
  publish(subject: string, payload: Uint8Array, options?: NatsPublishOptions): Promise<unknown>;
  /**
   * Works messages off, each in its own scope, until they end; then waits for those begun. The
   * consumer's `ack_wait` must be longer than the work takes, or the work call `message.working()`.
   */
  consume<Message extends NatsMessage>(
    messages: AsyncIterable<Message>,
    work: (message: Message) => unknown,
    options: ConsumeOptions,
  ): Promise<void>;
}

/**
 * Messages of NATS JetStream with a tenant. The seal is for the subject, the `Nats-Msg-Id` and the
 * payload's bytes; other headers are not covered by it.
 * @throws {TenantryError} on use `SCOPE_REQUIRED`, `CONFIG_INVALID`
 */
export function tenantStream(
  tenancy: JobTenancy,
  { jetstream, headers }: TenantStreamOptions,
): TenantStream {
  return {
    async publish(subject, payload, options = {}) {
      const { lifetimeSeconds, headers: given, ...rest } = options;
      const msgID = tenantKey(tenancy.scope(), options.msgID ?? newUuid());
      const life = lifetimeSeconds === undefined ? {} : { lifetimeSeconds };
      const sealed = copyOf(headers(), given);
      sealed.set(jobSealHeader, tenancy.sealJob({ queue: subject, id: msgID, payload, ...life }));
      return jetstream.publish(subject, payload, { ...rest, headers: sealed, msgID });
    },
    async consume(messages, work, options) {
      const { concurrency = 10 } = options;
      const settings = settleOptions(options, (message, code) =>
        bury(jetstream, headers(), options.deadLetterSubject, message, code),
      );
      checkWhole("`concurrency` of a consumer", concurrency, 1, 1000);
      await runDetached(async () => {
        const running = new Set<Promise<void>>();
        for await (const message of messages) {
          const one = settleMessage(tenancy, message, work, settings).finally(() =>
            running.delete(one),
          );
          running.add(one);
          if (running.size >= concurrency) await Promise.race(running);
        }
        await Promise.all(running);
      });
    },
  };
}

function settleOptions(
  { deadLetterSubject, mostDeliveries = 5, retryDelay = 5000 }: ConsumeOptions,
  toDeadLetters: SettleOptions["bury"],
): SettleOptions {
  if (typeof deadLetterSubject !== "string" || !/^[^\s*>]{1,200}$/.test(deadLetterSubject)) {
    throw new TenantryError("CONFIG_INVALID", {
      message: "`deadLetterSubject` is no subject to publish to.",
      fix: "Name a subject, without wildcards, that a stream of yours keeps.",
    });
  }
  checkWhole("`mostDeliveries` of a consumer", mostDeliveries, 1, 1000);
  checkWhole("`retryDelay` of a consumer", retryDelay, 0, 3_600_000);
  return { mostDeliveries, retryDelay, bury: toDeadLetters };
}

/** The message as it was, and why it lies there. Its seal goes along: it may be put back. */
async function bury(
  jetstream: JetStream,
  headers: NatsHeaders,
  subject: string,
  message: NatsMessage,
  code: string,
): Promise<void> {
  const buried = copyOf(headers, message.headers);
  buried.set(refusedHeader, code);
  buried.set("tenantry-subject", message.subject);
  // Acknowledged by the stream, or thrown. The same id would be dropped as a duplicate.
  await jetstream.publish(subject, message.data, { headers: buried, msgID: newUuid() });
}

function copyOf(headers: NatsHeaders, given: NatsHeaders | undefined): NatsHeaders {
  for (const name of given?.keys() ?? []) {
    for (const value of given!.values(name)) headers.append(name, value);
  }
  return headers;
}
