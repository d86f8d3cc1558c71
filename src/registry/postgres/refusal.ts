import { isTenantryError, type TenantryError } from "../../core/tenantry-error.js";
import {
  domainInvalid,
  domainLimit,
  domainTaken,
  registryUnavailable,
  slugTaken,
  tenantArchived,
  tenantInvalid,
  tenantNotFound,
} from "../problems.js";

/** What a statement was about, as far as it matters for its error. */
export interface Subject {
  readonly tenantId?: string;
  readonly slug?: string;
  readonly host?: string;
}

/** What PostgreSQL's error says in Tenantry's terms. What says nothing of the kind is an outage. */
export function toTenantryError(cause: unknown, subject: Subject = {}): TenantryError {
  if (isTenantryError(cause)) return cause;
  return refusal(cause as ServerError, subject) ?? outage(cause);
}

/** The slice of `pg`'s DatabaseError that is looked at. */
interface ServerError {
  readonly code?: string;
  readonly constraint?: string;
  readonly table?: string;
}

function refusal(cause: ServerError, subject: Subject): TenantryError | undefined {
  const { tenantId = "", slug = "", host = "" } = subject;
  switch (cause.constraint) {
    case "tenant_slug_taken":
      return slugTaken(slug, cause);
    case "tenant_archived_for_good":
    case "domain_of_archived_tenant":
      return tenantArchived(tenantId, cause);
    case "domain_verified_once":
      return domainTaken(host, cause);
    case "domain_limit":
      return domainLimit(tenantId, cause);
    case "domain_tenant_id_fkey":
      return tenantNotFound(tenantId);
    default:
      return cause.code === "23514" ? checkViolation(cause, host) : undefined;
  }
}

/** Something that src/registry/rules/ let through. */
function checkViolation(cause: ServerError, host: string): TenantryError {
  if (cause.table === "domain") return domainInvalid(host, "the database refuses it", cause);
  return tenantInvalid(
    "The database refuses the tenant.",
    `Look at the constraint ${cause.constraint ?? ""} of tenantry.tenant; settings may be too large once written out.`,
  );
}

function outage(cause: unknown): TenantryError {
  const { code } = cause as ServerError;
  const [, mend] = mends.find(([start]) => code?.startsWith(start)) ?? [];
  return registryUnavailable(
    `The tenant registry did not answer (${code ?? "no SQLSTATE"}).`,
    mend ?? "Look at the cause, and at whether the database can be reached.",
    cause,
  );
}

const migrate = "Bring Tenantry's schema up to date: run tenantry migrate.";

/** By the start of the SQLSTATE; the first that fits. */
const mends: readonly (readonly [start: string, mend: string])[] = [
  [
    "TN002",
    "Install this app's TENANTRY_SECRET in the database (tenantry migrate), and give the app the same secret.",
  ],
  [
    "TN003",
    "Compare the clocks of the app and the database, and see whether statements wait in the pool.",
  ],
  [
    "42501",
    "Connect as a login that is a member of tenantry_app (look-ups) or tenantry_operator (all else).",
  ],
  ["42", migrate],
  ["3F", migrate],
  ["53", "The database is out of connections, memory or disk; retry later."],
  ["57P", "The database is starting, stopping or failing over; retry later."],
];
