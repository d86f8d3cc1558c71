import type { NodeMessage } from "../incoming/from-node.js";
import type { NodeEmitter, NodeSocket } from "../node/carry-events.js";
import type { EndingResponse, EndingSocket } from "../node/end-connection.js";
import type { NodeResponseHead } from "../node/response-head.js";
import type { NodeResponse } from "../node/send-answer.js";

/** The slice of node's request behind Fastify's. */
export interface FastifyRawRequest extends NodeMessage, NodeEmitter {
  readonly socket: NodeSocket & NodeEmitter & EndingSocket;
  /** Whether the client asked for another protocol, and something here listens for that. */
  readonly upgrade?: boolean | undefined;
  readonly destroyed?: boolean | undefined;
}

/** The slice of node's response behind Fastify's reply. */
export interface FastifyRawResponse
  extends NodeEmitter, NodeResponseHead, NodeResponse, EndingResponse {
  readonly headersSent: boolean;
  readonly destroyed: boolean;
  destroy(): unknown;
}

/** The slice of Fastify's request. */
export interface FastifyRequest {
  readonly raw: FastifyRawRequest;
  /** The request target as sent, also where `rewriteUrl` changed it. */
  readonly originalUrl: string;
}

/** The slice of Fastify's reply. */
export interface FastifyReply {
  readonly raw: FastifyRawResponse;
  code(status: number): unknown;
  header(name: string, value: string): unknown;
  removeHeader(name: string): unknown;
  getHeaders(): object;
  send(payload?: unknown): unknown;
  /** Tells Fastify to leave the response alone. */
  hijack(): unknown;
}

export type FastifyDone = (error?: Error) => void;

export type FastifyHook = (request: FastifyRequest, reply: FastifyReply, done: FastifyDone) => void;

/** The slice of a Fastify instance. */
export interface FastifyInstance {
  addHook(name: "onRequest", hook: FastifyHook): unknown;
}

/** Fits `app.register` of Fastify 5. */
export type FastifyPlugin = (
  instance: FastifyInstance,
  options: unknown,
  done: FastifyDone,
) => void;

/** Fits `setErrorHandler`, a route's `errorHandler`, and the option `frameworkErrors`. */
export type FastifyErrorHandler = (
  error: unknown,
  request: FastifyRequest,
  reply: FastifyReply,
) => void;
