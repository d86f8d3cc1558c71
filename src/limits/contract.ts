/** What a request must pass before it is worked for; `expressLimit` and `honoLimit` take one. */
export interface Limit<Options = object> {
  /**
   * Takes what one piece of work of the active scope's tenant needs. Call what it gives when the work
   * is over; more than once does no harm.
   * @throws {TenantryError} `SCOPE_REQUIRED`, and the limit's own refusals
   */
  acquire(options?: Options): Promise<() => void>;
}

/** Which of a tenant's counters is meant, besides the tenant itself. */
export interface SubKey {
  /**
   * Divides the tenant's work further: a route, an account that is signed in to. Each has a budget of
   * its own, so what a client may choose freely is no limit. 1 to 8 texts of at most 1,024 characters
   * each; they are hashed, and stand in no store.
   */
  readonly key?: string | readonly string[];
}

/** `actor`: each actor of a tenant has a budget of its own, all anonymous ones share one. */
export type LimitedBy = "tenant" | "actor";
