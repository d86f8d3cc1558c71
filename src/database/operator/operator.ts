import { runAsOperator, type Operator } from "../../core/context.js";
import { requireReason } from "../../core/enter.js";
import { emitEvent, type EventSink } from "../../core/event.js";
import type { KeyRing } from "../../core/seal/key-ring.js";
import { makeSeal, noTenant } from "../../core/seal/seal.js";
import { TenantryError } from "../../core/tenantry-error.js";
import type { PgClient, PgPool } from "../driver.js";
import type { Queryable } from "../query.js";
import { checkoutFailure, fromDatabase } from "../session/failures.js";

export interface OperatorOptions {
  /** Who, as the record shall name them. */
  readonly actor: string;
  /** Why. */
  readonly reason: string;
  /** Seconds the work may take, 1 to 3600. Default 60. */
  readonly ttl?: number;
}

export type AsOperator = <T>(
  options: OperatorOptions,
  work: (db: Queryable) => Promise<T>,
) => Promise<T>;

/**
 * Work across tenants, on purpose: in one transaction of the operator role, which begins by writing
 * its record and is rolled back with it, under a time limit that the database enforces too.
 */
export function createAsOperator(
  pool: PgPool | undefined,
  keys: KeyRing,
  events: EventSink,
): AsOperator {
  return async (options, work) => {
    const { actor, reason, ttl } = check(options);
    if (pool === undefined) throw unavailable();
    // Rounded up: the seal counts whole seconds, and the timer ends the work when its time is over.
    const expiresAt = Math.ceil(Date.now() / 1000) + ttl;
    const seal = makeSeal(keys, "operator", { tenantId: noTenant, expiresAt, claims: {} });
    emitEvent(events, {
      type: "operator.started",
      severity: "info",
      message: `Operator work by ${actor}: ${reason}`,
      detail: { actor, reason, ttl },
    });
    const client = await checkOut(pool);
    const operator = { actor, reason, expiresAt: expiresAt * 1000 };
    const unit = { client, operator, seal, ttl };
    const swallow = (): void => undefined; // its statement fails as well, and says so
    client.on("error", swallow);
    let failed = true;
    try {
      const result = await withinTime(unit, () => inTransaction(unit, work));
      await commit(client);
      failed = false;
      return result;
    } catch (error) {
      throw error instanceof Error ? fromDatabase(error) : error;
    } finally {
      client.removeListener("error", swallow);
      client.release(failed);
    }
  };
}

async function checkOut(pool: PgPool): Promise<PgClient> {
  try {
    return (await pool.connect()) as PgClient;
  } catch (error) {
    throw checkoutFailure(error);
  }
}

interface OperatorUnit {
  readonly client: PgClient;
  readonly operator: Operator;
  readonly seal: string;
  readonly ttl: number;
}

async function inTransaction<T>(
  { client, operator, seal, ttl }: OperatorUnit,
  work: (db: Queryable) => Promise<T>,
): Promise<T> {
  const query = client.query.bind(client) as Queryable["query"];
  await query("begin");
  await query("select set_config('statement_timeout', $1, true)", [`${ttl}s`]);
  await query("select tenantry.begin_operator($1, $2, $3)", [
    seal,
    operator.actor,
    operator.reason,
  ]);
  return await runAsOperator(operator, () => work({ query }));
}

/** Outside of the time limit: broken off on its way, a COMMIT may or may not have been done. */
async function commit(client: PgClient): Promise<void> {
  const { command } = (await client.query("commit")) as { command: string | null };
  if (command !== "COMMIT") throw aborted();
}

/** Breaks the connection off at the limit: whatever the transaction did is undone. */
async function withinTime<T>(unit: OperatorUnit, work: () => Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const limit = new Promise<never>((_, reject) => {
    timer = setTimeout(() => {
      unit.client.connection.stream.destroy();
      reject(expired(unit));
    }, unit.ttl * 1000);
  });
  try {
    return await Promise.race([work(), limit]);
  } finally {
    clearTimeout(timer);
  }
}

function check(options: OperatorOptions): Required<OperatorOptions> {
  const reason = requireReason(options?.reason, "tenantry.asOperator");
  const { actor, ttl = 60 } = options;
  if (typeof actor !== "string" || actor.trim() === "" || actor.length > 200) {
    throw new TenantryError("REASON_REQUIRED", {
      message: "tenantry.asOperator was called without an actor.",
      fix: 'Say who acts, 200 characters at most: { actor: "ada@example.com", … }.',
    });
  }
  if (!Number.isInteger(ttl) || ttl < 1 || ttl > 3600) {
    throw new TenantryError("CONFIG_INVALID", {
      message: `tenantry.asOperator: ttl is ${ttl}.`,
      fix: "Pass whole seconds from 1 to 3600.",
    });
  }
  return { actor, reason, ttl };
}

function unavailable(): TenantryError {
  return new TenantryError("OPERATOR_UNAVAILABLE", {
    message: "Operator work needs a connection of the operator role, and none is configured.",
    fix: "Pass operatorDatabase: a URL whose login is a member of tenantry_operator and not of tenantry_app.",
  });
}

function expired({ operator, ttl }: OperatorUnit): TenantryError {
  return new TenantryError("OPERATOR_EXPIRED", {
    message: `The operator work of ${operator.actor} took longer than its ${ttl} s and was undone.`,
    fix: "Do it in smaller pieces, or ask for more time with { ttl }.",
  });
}

function aborted(): TenantryError {
  return new TenantryError("TRANSACTION_ABORTED", {
    message: "The operator's transaction could not be committed: one of its statements had failed.",
    fix: "Let the failing statement's error leave the callback.",
  });
}
