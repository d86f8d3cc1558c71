import type { ErrorCode } from "../core/errors.js";
import { emitEvent, type EventInput, type EventSink, type TenantryEvent } from "../core/event.js";
import { isTenantryError } from "../core/tenantry-error.js";
import type { Finding } from "./agreement.js";
import type { IncomingRequest } from "./contract.js";

type Kind = Pick<EventInput, "type" | "severity">;

/** What is told of each refusal. The registry speaks for its own failures. */
const kinds: Partial<Record<ErrorCode, Kind>> = {
  TENANT_UNRESOLVED: { type: "tenant.unresolved", severity: "info" },
  TENANT_MISMATCH: { type: "tenant.mismatch", severity: "security" },
  ACTOR_MISMATCH: { type: "tenant.mismatch", severity: "security" },
  TENANT_INACTIVE: { type: "tenant.inactive", severity: "info" },
  TOKEN_REQUIRED: { type: "token.refused", severity: "info" },
  TOKEN_INVALID: { type: "token.refused", severity: "warning" },
  TOKEN_KEYS_UNAVAILABLE: { type: "token.refused", severity: "warning" },
  SEAL_INVALID: { type: "seal.refused", severity: "security" },
  SEAL_EXPIRED: { type: "seal.refused", severity: "warning" },
};

/** Reports why a request was refused: the code, the peer, and for each signal what it led to. */
export function reportRefusal(
  events: EventSink,
  request: IncomingRequest,
  error: unknown,
  findings: readonly Finding[] = [],
): void {
  if (!isTenantryError(error)) return;
  const kind = kinds[error.code];
  if (kind === undefined) return;
  const detail = { code: error.code, peer: request.remoteAddress, ...describe(findings) };
  emitEvent(events, { ...kind, message: error.message, detail });
}

/** `{ "host.read": "acme.example.com", "host.tenant": "<id>" or null, … }` */
function describe(findings: readonly Finding[]): TenantryEvent["detail"] {
  return Object.fromEntries(
    findings.flatMap(({ signal, tenant }) => [
      [`${signal.source}.read`, signal.detail],
      [`${signal.source}.tenant`, tenant?.id ?? null],
    ]),
  );
}
