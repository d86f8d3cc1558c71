/**
 * One request of an attack. Same origin: it is fired from the tenant's own page, with the access token of
 * whoever is signed in there, unless it brings another or is `anonymous`.
 */
export interface AttackRequest {
  readonly method: "GET" | "PATCH" | "DELETE";
  readonly path: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
  /** Sent without a token. Default false. */
  readonly anonymous?: boolean;
}

/** A way to break in, fired by the page and by the tests alike. */
export interface Attack {
  readonly id: string;
  readonly title: string;
  /** What it tries. */
  readonly tries: string;
  /** Why it fails; for the usual way, why it does not. */
  readonly outcome: string;
  readonly request: AttackRequest;
  /** Fired as well; an attacker who can tell its answer from the other's has learned something. */
  readonly control?: AttackRequest;
  /** A regular expression: what only the other tenant's data, or a secret, would put there. */
  readonly leak: string;
  /** True where it is known to break in: `outcome` then says why. */
  readonly succeeds?: boolean;
  /** What the attack has to meet. Anything else proves nothing, an error by accident included. */
  readonly expected: Expectation;
}

export interface Expectation {
  readonly status: number;
  /** Part of the body. */
  readonly body: string;
}

export interface Answer {
  readonly status: number;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

export type Verdict = "held" | "broken" | "unproven";
