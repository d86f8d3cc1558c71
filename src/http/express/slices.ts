import type { NodeMessage } from "../incoming/from-node.js";
import type { NodeEmitter, NodeSocket } from "../node/carry-events.js";
import type { NodeResponseHead } from "../node/response-head.js";
import type { NodeResponse } from "../node/send-answer.js";

/** The slice of Express's request. */
export interface ExpressRequest extends NodeMessage, NodeEmitter {
  /** The request target as sent; `url` loses the path that a router is mounted under. */
  readonly originalUrl?: string | undefined;
  readonly socket: NodeSocket;
  /** The application, for its routers' sake; see guardRouting. */
  readonly app?: unknown;
}

/** The slice of Express's response. */
export interface ExpressResponse extends NodeEmitter, NodeResponseHead, NodeResponse {
  readonly headersSent: boolean;
  readonly destroyed: boolean;
}

export type ExpressNext = (error?: unknown) => void;

/** Fits `app.use` of Express 4 and 5. */
export type ExpressMiddleware = (
  request: ExpressRequest,
  response: ExpressResponse,
  next: ExpressNext,
) => void;

/** Fits `app.use` of Express 4 and 5, after all routes. */
export type ExpressErrorMiddleware = (
  error: unknown,
  request: ExpressRequest,
  response: ExpressResponse,
  next: ExpressNext,
) => void;
