type HeaderValue = Buffer | string | (Buffer | string)[] | undefined;

/** The slice of a message that kafkajs is given to send. */
export interface KafkaOutgoing {
  readonly key?: Buffer | string | null;
  readonly value: Buffer | string | null;
  readonly headers?: Record<string, HeaderValue>;
}

/** The slice of what kafkajs's `eachMessage` is called with. */
export interface KafkaIncoming {
  readonly topic: string;
  readonly partition: number;
  readonly message: {
    readonly key: Buffer | null;
    readonly value: Buffer | null;
    readonly offset: string;
    readonly headers?: Record<string, HeaderValue>;
  };
}
