/** Every value as the text that PostgreSQL sent. */
export type Row = Readonly<Record<string, string | null>>;

export interface Done {
  readonly ok: true;
  readonly rows: readonly Row[];
  /** How many rows it says it returned or changed. */
  readonly count: number;
}

export interface Refused {
  readonly ok: false;
  /** SQLSTATE. */
  readonly code: string;
  readonly message: string;
  /** DETAIL, HINT and CONTEXT together; empty where there are none. */
  readonly detail: string;
}

/** What came of a statement. */
export type Attempt = Done | Refused;

/** Why a statement was refused: `privilege` and `policy` are guards that did their work. */
export type Refusal = "privilege" | "policy" | "foreign key" | "duplicate" | "busy" | "other";

/** Errors of tenantry.current_tenant() and its kin: no scope, not a good seal, expired. */
const scopeErrors = new Set(["TN001", "TN002", "TN003"]);

export function refusalOf({ code, message }: Refused): Refusal {
  if (scopeErrors.has(code)) return "policy";
  if (code === "42501") return message.includes("row-level security") ? "policy" : "privilege";
  // WITH CHECK OPTION of a view.
  if (code === "44000") return "policy";
  // ON DELETE RESTRICT has a code of its own since PostgreSQL 18.
  if (code === "23503" || code === "23001") return "foreign key";
  if (code === "23505" || code === "23P01") return "duplicate";
  // A lock or a statement that took too long, a deadlock.
  if (code === "55P03" || code === "57014" || code === "40P01") return "busy";
  return "other";
}

/** One line for a reader, without what the database put into DETAIL. */
export function describeRefusal({ code, message }: Refused): string {
  return `${code} ${message.split("\n")[0]!.slice(0, 200)}`;
}
