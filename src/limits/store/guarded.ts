import { emitEvent, type EventSink } from "../../core/event.js";
import { TenantryError } from "../../core/tenantry-error.js";
import type { Count, RateStore } from "./contract.js";

export interface GuardSettings {
  /** Of the limit, for events and errors. */
  readonly name: string;
  /** Milliseconds that one question may take. */
  readonly timeout: number;
  readonly events: EventSink;
}

/** Questions under way; a store that answers nobody must not gather callers without end. */
const mostPending = 1_000;
/** Milliseconds without a failure until a store counts as up: one that flickers is two events, not many. */
const calm = 5_000;

/**
 * Asks a store that is elsewhere, within the time allowed.
 * @returns a store that rejects with `LIMIT_UNAVAILABLE` and nothing else
 */
export function guarded(store: RateStore, { name, timeout, events }: GuardSettings): RateStore {
  let pending = 0;
  let failedAt: number | null = null;

  const ask = async (...question: Parameters<RateStore["add"]>): Promise<Count> => {
    if (pending >= mostPending) throw new Error(`${mostPending} questions are under way`);
    pending += 1;
    // Counted until the store has answered, which may be after the caller has gone.
    const answer = (async () => store.add(...question))().finally(() => void (pending -= 1));
    return await within(answer, timeout);
  };
  const failed = (cause: unknown): TenantryError => {
    const first = failedAt === null;
    failedAt = performance.now();
    const unavailable = unavailableBecause(name, cause);
    if (first) {
      const { message } = unavailable;
      emitEvent(events, {
        type: "limit.store-down",
        severity: "warning",
        message,
        detail: { name },
      });
    }
    return unavailable;
  };
  const succeeded = (): void => {
    if (failedAt === null || performance.now() - failedAt < calm) return;
    failedAt = null;
    const message = `The store of the limit ${name} answers again.`;
    emitEvent(events, { type: "limit.store-up", severity: "info", message, detail: { name } });
  };

  return {
    async add(key, cost) {
      try {
        const count = await ask(key, cost);
        succeeded();
        return count;
      } catch (error) {
        throw failed(error);
      }
    },
  };
}

async function within<T>(work: Promise<T>, milliseconds: number): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(
      () => reject(new Error(`no answer within ${milliseconds} ms`)),
      milliseconds,
    );
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}

function unavailableBecause(name: string, cause: unknown): TenantryError {
  const why = cause instanceof Error ? cause.message.slice(0, 200) : typeof cause;
  return new TenantryError("LIMIT_UNAVAILABLE", {
    message: `The store of the limit ${name} could not be asked: ${why}.`,
    fix: 'See that it runs and can be reached; `onUnavailable: "local"` lets each process count by itself meanwhile.',
    cause,
  });
}
