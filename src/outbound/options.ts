/** A service of your own that calls are sealed for. */
export interface ServiceOption {
  /**
   * The exact origin, spelled as `new URL(…).origin` spells it: `https://reports.internal`, with the
   * port where it is not the scheme's own. `https`, or `http` on loopback.
   */
  readonly origin: string;
  /** The service's own name: what it passes to `fromSealedHeader({ audience })`. */
  readonly audience: string;
  /** How long each call's seal is good for: whole seconds, 1 to 300. Default 30. */
  readonly lifetimeSeconds?: number;
  /**
   * Allows `http` to other hosts. Whoever reads the traffic on the way can then act as your tenants
   * for as long as a seal lives. Default false.
   */
  readonly allowInsecureHttp?: boolean;
}

/** The slice of `fetch` that calls go through. It is only ever asked for one hop. */
export type FetchFunction = (url: string, init: RequestInit) => Promise<Response>;

/** What `tenantry.fetch` takes and gives: as the global `fetch`. */
export type TenantryFetch = (
  input: string | URL | Request,
  init?: RequestInit,
) => Promise<Response>;
