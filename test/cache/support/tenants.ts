import { runInScope } from "../../../src/core/context.js";
import { issueScope, type TenantScope } from "../../../src/core/scope.js";
import type { TenantryEvent } from "../../../src/core/event.js";
import { newUuid } from "../../../src/core/uuid.js";

export function newScope(slug = "acme"): TenantScope {
  const tenant = {
    id: newUuid(),
    slug,
    name: slug,
    status: "active",
    placement: "default",
    settings: {},
    version: 1,
  } as const;
  return issueScope(tenant, { kind: "anonymous" }, []);
}

export const as = <T>(scope: TenantScope, work: () => T): T => runInScope(scope, work);

/** A sink, and what fell into it. */
export function collectEvents() {
  const events: TenantryEvent[] = [];
  return {
    events,
    sink: (event: TenantryEvent) => void events.push(event),
    types: () => events.map(({ type, severity }) => `${type} ${severity}`),
  };
}

export const pause = (milliseconds: number): Promise<void> =>
  new Promise((resolve) => setTimeout(resolve, milliseconds));

/** A promise that the test settles. */
export function gate<T = void>() {
  let open!: (value: T) => void;
  let fail!: (error: Error) => void;
  const promise = new Promise<T>((resolve, reject) => {
    open = resolve;
    fail = reject;
  });
  return { promise, open, fail };
}
