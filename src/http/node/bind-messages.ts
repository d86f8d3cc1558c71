import { runDetached } from "../../core/context.js";
import type { Inside } from "../request-context.js";

/** The slice of node's request and response whose events are carried. */
export interface NodeEmitter {
  emit(event: string | symbol, ...values: unknown[]): boolean;
}

/** The slice of the socket that is looked after. */
export interface NodeSocket {
  readonly remoteAddress?: string | undefined;
  readonly timeout?: number | undefined;
  setTimeout?(milliseconds: number): unknown;
}

/** What a request and its response belong to. */
export interface RequestBinding {
  readonly tenantry: unknown;
  /** Runs work in the request's context; outside of any until the request is admitted. */
  inside: Inside;
}

const key = Symbol.for("tenantry.http.request.v1");

/** The binding of a request, also one that another copy of this package made. */
export function bindingOf(request: object | undefined): RequestBinding | undefined {
  return (request as { [key]?: RequestBinding } | undefined)?.[key];
}

/** Marks a request as taken care of by `tenantry`. */
export function bindRequest(tenantry: unknown, request: object): RequestBinding {
  const binding: RequestBinding = { tenantry, inside: runDetached };
  defineHidden(request, key, binding);
  return binding;
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
  carry(response, binding, (event) => {
    if (event === "finish") releaseSocket(request.socket);
  });
}

function carry(
  emitter: NodeEmitter,
  binding: RequestBinding,
  afterwards: (event: string | symbol) => void = () => undefined,
): void {
  const emit = emitter.emit.bind(emitter);
  defineHidden(emitter, "emit", (event: string | symbol, ...values: unknown[]) => {
    const heard = binding.inside(() => emit(event, ...values));
    afterwards(event);
    return heard;
  });
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

/** An own property that neither enumeration nor logging shows. */
export function defineHidden(target: object, name: string | symbol, value: unknown): void {
  Object.defineProperty(target, name, { value, writable: true, configurable: true });
}
