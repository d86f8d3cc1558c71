/** A request before the identity's own headers are added. */
export interface Outgoing {
  readonly method: string;
  /** As it goes onto the wire: path and query, encoded; or an absolute form. */
  readonly path: string;
  /** In lower case; they win over the identity's own. An empty value takes the header away. */
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
  /** Of GraphQL's root: the answer is then read as one to this field. */
  readonly field?: string;
  /** Lines that are sent besides, even twice; the request then goes over a bare socket. */
  readonly rawHeaders?: readonly string[];
}

export interface Answer {
  /** 0 where none came. Of GraphQL what the body says, as HTTP would. */
  readonly status: number;
  /** Where the status is a reading of the body: what stood there. */
  readonly words?: string;
  /** In lower case; several of one name are joined by a comma, as `set-cookie` too. */
  readonly headers: ReadonlyMap<string, string>;
  readonly text: string;
  /** From the first byte sent to the last received. */
  readonly milliseconds: number;
}

export function isGood({ status }: Pick<Answer, "status">): boolean {
  return status >= 200 && status < 300;
}

/** An answer by its status, for messages. */
export function statusOf({ status, words }: Pick<Answer, "status" | "words">): string {
  return words ?? (status === 0 ? "nothing" : String(status));
}

/** The body's value, where it is JSON; undefined otherwise. */
export function jsonOf({ text }: Pick<Answer, "text">): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
