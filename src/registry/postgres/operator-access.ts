import { setTimeout as pause } from "node:timers/promises";
import { TenantryError } from "../../core/tenantry-error.js";
import { registryUnavailable } from "../problems.js";
import { rowsOf, type Queryable } from "./queryable.js";
import { toTenantryError, type Subject } from "./refusal.js";

/** Runs one statement as the operator role. */
export type RunStatement = <Row>(
  text: string,
  values: unknown[],
  subject?: Subject,
) => Promise<readonly Row[]>;

/** Without an operator connection, every statement throws `OPERATOR_UNAVAILABLE`. */
export function createOperatorAccess(operator: Queryable | undefined): RunStatement {
  return async <Row>(text: string, values: unknown[], subject?: Subject) => {
    if (operator === undefined) throw operatorUnavailable();
    try {
      return await rowsOf<Row>(operator, text, values);
    } catch (error) {
      throw toTenantryError(error, subject);
    }
  };
}

function operatorUnavailable(): TenantryError {
  return new TenantryError("OPERATOR_UNAVAILABLE", {
    message: "The tenant registry was to be listed or changed without an operator connection.",
    fix: "Set the operator's database URL where tenants are administered; request handling does not need it.",
  });
}

const attempts = 10;
/** Milliseconds. The first pause, doubled with each attempt; a random part of it is waited. */
const firstPause = 2;

/**
 * Tries until `attempt` gives an answer. It gives undefined where its statement changed nothing
 * and a second look found no reason: then someone else changed the row in between.
 * @throws {TenantryError} `REGISTRY_UNAVAILABLE`
 */
export async function untilSettled<T>(attempt: () => Promise<T | undefined>): Promise<T> {
  for (let count = 0; count < attempts; count += 1) {
    const answer = await attempt();
    if (answer !== undefined) return answer;
    await pause(Math.random() * firstPause * 2 ** count);
  }
  throw registryUnavailable(
    `A tenant was changed by others ${attempts} times while it was to be changed.`,
    "Retry; if it persists, find out which program keeps changing it.",
  );
}
