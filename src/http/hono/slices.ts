/** The slice of Hono's Context. */
export interface HonoContext {
  readonly req: { readonly raw: Request };
  /** With @hono/node-server, holds `incoming` and `outgoing`: node's own request and response. */
  readonly env: unknown;
  /** Whether there is a response yet. */
  readonly finalized: boolean;
  res: Response | undefined;
}

export type HonoNext = () => Promise<void>;

/** Fits `app.use`. */
export type HonoMiddleware = (
  context: HonoContext,
  next: HonoNext,
) => Promise<Response | undefined>;

/** Fits `app.onError`. */
export type HonoErrorHandler = (error: Error, context: HonoContext) => Response;
