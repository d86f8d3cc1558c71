import type { RequestListener } from "node:http";

/** A listener whose requests wait until there is something to serve them. */
export function untilReady(): {
  readonly listener: RequestListener;
  readonly serve: (app: RequestListener) => void;
} {
  let serve!: (app: RequestListener) => void;
  const ready = new Promise<RequestListener>((resolve) => (serve = resolve));
  return {
    listener: (request, response) => void ready.then((app) => app(request, response)),
    serve,
  };
}
