import { currentContext } from "../core/context.js";
import type { TenantScope } from "../core/scope.js";

/** What the running code does, as telemetry labels it; null outside of everything. */
export type Who =
  | { readonly kind: "tenant"; readonly scope: TenantScope }
  | { readonly kind: "central" }
  | { readonly kind: "operator"; readonly actor: string }
  | null;

/** Asked anew for each span, point and line, so that none bears the last one's tenant. */
export function who(): Who {
  const context = currentContext();
  if (context === undefined) return null;
  if (context.kind === "operator") return { kind: "operator", actor: context.operator.actor };
  return context.kind === "tenant" ? context : { kind: "central" };
}

/** As `user:42`; an anonymous actor has no id. */
export function actorOf({ actor }: TenantScope): string {
  return actor.kind === "anonymous" ? actor.kind : `${actor.kind}:${actor.id}`;
}
