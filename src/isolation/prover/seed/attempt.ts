import type { Batched } from "./batched.js";

/** What PostgreSQL refused a statement with. */
export interface Refusal {
  /** The SQLSTATE, as `23514`. */
  readonly code: string;
  readonly message: string;
  readonly constraint: string | undefined;
  readonly column: string | undefined;
  /** As `public.orders`, where the server says it. */
  readonly table: string | undefined;
}

export type Outcome<T> = { readonly value: T } | { readonly refusal: Refusal };

/**
 * Runs `work` behind a savepoint: a refused statement takes back what `work` did, and nothing else.
 * @throws what is no refusal, as a connection that broke
 */
export async function attempt<T>(session: Batched, work: () => Promise<T>): Promise<Outcome<T>> {
  session.later("savepoint tenantry_seed");
  try {
    const value = await work();
    session.later("release savepoint tenantry_seed");
    return { value };
  } catch (error) {
    const refusal = refusalOf(error);
    if (refusal === undefined) throw error;
    session.later("rollback to savepoint tenantry_seed", "release savepoint tenantry_seed");
    return { refusal };
  }
}

/** Runs `work` and takes back what it did, however it ends. */
export async function rehearse<T>(session: Batched, work: () => Promise<T>): Promise<Outcome<T>> {
  session.later("savepoint tenantry_rehearsal");
  const outcome = await attempt(session, work);
  session.later("rollback to savepoint tenantry_rehearsal", "release savepoint tenantry_rehearsal");
  return outcome;
}

// Classes 08, 57 and 58 are the server's or the connection's end, not the statement's.
const lost = /^(08|57P0|58)/;

function refusalOf(error: unknown): Refusal | undefined {
  if (!(error instanceof Error) || !("code" in error) || typeof error.code !== "string") return;
  if (!/^[0-9A-Z]{5}$/.test(error.code) || lost.test(error.code)) return;
  const { constraint, column, schema, table } = error as {
    constraint?: string;
    column?: string;
    schema?: string;
    table?: string;
  };
  return {
    code: error.code,
    message: error.message,
    constraint,
    column,
    table: table && `${schema}.${table}`,
  };
}

/** As a reason to be read by people. */
export function describe(refusal: Refusal): string {
  return `${refusal.message} (SQLSTATE ${refusal.code})`;
}
