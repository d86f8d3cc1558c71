export interface ErrorDescription {
  /** The HTTP status that http/ answers with. */
  readonly status: number;
  /** The only words that may leave the process. */
  readonly title: string;
  readonly meaning: string;
}
