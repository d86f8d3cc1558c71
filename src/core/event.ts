/** Something that whoever watches for attacks or faults wants to know. */
export interface TenantryEvent {
  readonly type:
    | "tenant.unresolved"
    | "tenant.mismatch"
    | "tenant.inactive"
    | "token.refused"
    | "token.stale"
    | "seal.refused"
    | "request.failed"
    | "statement.refused"
    | "connection.destroyed"
    | "registry.feed-down"
    | "registry.feed-up"
    | "authority.feed-down"
    | "authority.feed-up"
    | "authority.redis-down"
    | "authority.redis-up"
    | "operator.started"
    | "outbound.refused"
    | "limit.store-down"
    | "limit.store-up"
    | "password.breach-check-failed"
    | "password.hash-refused"
    | "cache.value-refused"
    | "cache.unavailable"
    | "cache.available"
    | "cache.refresh-failed"
    | "job.refused"
    | "grant.refused"
    | "grant.reused"
    | "grant.notice-failed"
    | "mail.failed"
    | "sign-in.refused"
    | "origin.refused"
    | "permission.denied"
    | "authorization-code.refused";
  /** `security` events are worth an alert. */
  readonly severity: "info" | "warning" | "security";
  readonly at: Date;
  readonly message: string;
  /** Facts for a log: ids, hosts, sources. Never a secret, a token or a seal. */
  readonly detail: Readonly<Record<string, string | number | boolean | null>>;
}

export type EventSink = (event: TenantryEvent) => void;

export interface EventInput {
  readonly type: TenantryEvent["type"];
  readonly severity: TenantryEvent["severity"];
  readonly message: string;
  readonly detail?: TenantryEvent["detail"];
}

/** Stamps an event and hands it on; a sink that throws must not break a request. */
export function emitEvent(sink: EventSink, { detail = {}, ...event }: EventInput): void {
  try {
    sink({ ...event, at: new Date(), detail });
  } catch (error) {
    process.emitWarning(`A Tenantry event sink threw: ${String(error)}`);
  }
}

/** The default sink: one JSON line on stderr. JSON escapes newlines, so text cannot forge lines. */
export const logEvents: EventSink = (event) => {
  process.stderr.write(`${JSON.stringify({ tenantry: event.type, ...event })}\n`);
};
