import { actorOf, who } from "./who.js";

/** What a log line says of the context that it was written in. */
export interface LogFields {
  /** The tenant's id. Only in a tenant's scope. */
  tenant?: string;
  /** `user:42`, `service:billing`, `anonymous`; in operator work the operator. */
  actor?: string;
  /** `tenant`, `central` or `operator`; absent outside of all. */
  context?: "tenant" | "central" | "operator";
}

export const logFieldNames: readonly string[] = [
  "tenant",
  "actor",
  "context",
] satisfies (keyof LogFields)[];

/** The fields of the active context; none where there is none, and never the last one's. */
export function logFields(): LogFields {
  const now = who();
  if (now === null) return {};
  if (now.kind === "central") return { context: "central" };
  if (now.kind === "operator") return { context: "operator", actor: now.actor };
  return { context: "tenant", tenant: now.scope.tenant.id, actor: actorOf(now.scope) };
}

/** The caller's fields but for those that only the context may set. */
export function withoutLogFields(fields: object): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(fields).filter(([name]) => !logFieldNames.includes(name)),
  );
}
