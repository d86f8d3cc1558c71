import { runDetached } from "../../core/context.js";
import type { RequestBinding } from "../request-binding.js";

/** The slice of node's request and response whose events are carried. */
export interface NodeEmitter {
  emit(event: string | symbol, ...values: unknown[]): boolean;
  listenerCount(event: string | symbol): number;
}

/** The slice of the socket that is looked after. */
export interface NodeSocket {
  readonly remoteAddress?: string | undefined;
  readonly timeout?: number | undefined;
  setTimeout?(milliseconds: number): unknown;
}

/**
 * Runs every listener of a request and its response in the request's context. Node emits their
 * events from the socket's: a body parser's callback, and with it the handler, would have no scope.
 */
export function carryEvents(
  binding: RequestBinding,
  request: NodeEmitter & { readonly socket: NodeSocket },
  response: NodeEmitter,
): void {
  carry(request, binding);
  carry(response, binding, () => releaseSocket(request.socket));
}

/** Runs the listeners of a socket that was handed over whole, as at an upgrade, in the context. */
export function carrySocket(binding: RequestBinding, socket: NodeEmitter): void {
  carry(socket, binding);
}

/** Assigned: defining a property takes ten times as long, and there are several for each request. */
function carry(emitter: NodeEmitter, binding: RequestBinding, afterFinish?: () => void): void {
  const emit = emitter.emit.bind(emitter);
  emitter.emit = (event, ...values) => {
    // Most events have no listener, and so nothing that needs a context.
    const heard =
      emitter.listenerCount(event) === 0
        ? emit(event, ...values)
        : binding.inside(() => emit(event, ...values));
    if (event === "finish") afterFinish?.();
    return heard;
  };
}

/**
 * As a response finishes, node starts the timer of the idle connection, in this request's context:
 * a listener of the server's `timeout` would find the tenant of a request long gone. So the timer is
 * started again, in none.
 */
function releaseSocket(socket: NodeSocket | null): void {
  const timeout = socket?.timeout;
  if (timeout === undefined || timeout === 0) return;
  runDetached(() => socket?.setTimeout?.(timeout));
}
