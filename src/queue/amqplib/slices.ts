/** The slice of a message of amqplib. */
export interface AmqpMessage {
  readonly content: Uint8Array;
  readonly fields: {
    readonly redelivered: boolean;
    readonly exchange: string;
    readonly routingKey: string;
  };
  readonly properties: {
    readonly headers?: Readonly<Record<string, unknown>> | undefined;
    readonly messageId?: unknown;
  };
}

/** The slice of a channel to publish on. A confirm channel is best: then a job is not lost unseen. */
export interface AmqpPublisher {
  // amqplib wants Buffers.
  publish(exchange: string, routingKey: string, content: Buffer, options?: object): boolean;
}

/** The slice of a channel to consume on. */
export interface AmqpConsumer {
  assertQueue(queue: string, options?: object): PromiseLike<unknown>;
  prefetch(count: number): PromiseLike<unknown>;
  consume(
    queue: string,
    onMessage: (message: AmqpMessage | null) => void,
    options?: object,
  ): PromiseLike<{ readonly consumerTag: string }>;
  ack(message: AmqpMessage): void;
  nack(message: AmqpMessage, allUpTo?: boolean, requeue?: boolean): void;
}
