import type { Endpoint } from "./contract.js";

/** Ties the type of a body to its schema; the list of endpoints forgets it. */
export function endpoint<Body>(one: Endpoint<Body>): Endpoint {
  return one as unknown as Endpoint;
}
