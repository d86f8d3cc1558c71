/** The slice of the headers of @nats-io/nats-core. */
export interface NatsHeaders {
  get(name: string): string;
  set(name: string, value: string): void;
  keys(): string[];
  values(name: string): string[];
  append(name: string, value: string): void;
}

/** The slice of a JetStream client. */
export interface JetStream {
  publish(subject: string, payload: Uint8Array, options: object): Promise<unknown>;
}

/** The slice of a JetStream message. */
export interface NatsMessage {
  readonly subject: string;
  readonly data: Uint8Array;
  readonly headers: NatsHeaders | undefined;
  /** Deliveries so far, this one included. */
  readonly info: { readonly deliveryCount: number };
  ack(): void;
  nak(milliseconds?: number): void;
  term(): void;
}

export interface NatsPublishOptions {
  readonly headers?: NatsHeaders;
  /** Made the tenant's own; the stream drops a second message of the same id. Default a new one. */
  readonly msgID?: string;
  /** Whole seconds that the message may wait. Default 604,800 (7 days); at most 366 days. */
  readonly lifetimeSeconds?: number;
}
