/** A request before the identity's own headers are added. */
export interface Outgoing {
  readonly method: string;
  /** As it goes onto the wire: path and query, encoded; or an absolute form. */
  readonly path: string;
  /** In lower case; they win over the identity's own. An empty value takes the header away. */
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
  /** Lines that are sent besides, even twice; the request then goes over a bare socket. */
  readonly rawHeaders?: readonly string[];
}

export interface Answer {
  readonly status: number;
  /** In lower case; several of one name are joined by a comma, as `set-cookie` too. */
  readonly headers: ReadonlyMap<string, string>;
  readonly text: string;
  /** From the first byte sent to the last received. */
  readonly milliseconds: number;
}

export function isGood({ status }: Pick<Answer, "status">): boolean {
  return status >= 200 && status < 300;
}

/** The body's value, where it is JSON; undefined otherwise. */
export function jsonOf({ text }: Pick<Answer, "text">): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
