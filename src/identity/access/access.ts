import { currentScope } from "../../core/context.js";
import { emitEvent, type EventSink } from "../../core/event.js";
import type { TenantScope } from "../../core/scope.js";
import { tokenRequired } from "../../resolver/access-token/token-errors.js";
import type { IdentityDatabase } from "../identity-database.js";
import type { Roles } from "../membership/roles.js";
import { identityCredentialOf, type IdentityCredential } from "./credential.js";
import {
  assertFreshPermission,
  issueFreshPermission,
  type FreshPermission,
} from "./fresh-permission.js";
import { permissionRefused } from "./refusal.js";
import { createStandingNow, type StandingNow } from "./standing-now.js";

/** What whoever acts in the active scope may do. What is not known is not allowed. */
export interface Access<Permission extends string> {
  /** Whether the token or key of this request has it. False where nothing was proven. */
  can(permission: Permission): boolean;
  /**
   * By the token or key of this request: no query. A change of the member's role makes the token stale
   * within a second.
   * @throws {TenantryError} `SCOPE_REQUIRED`, `TOKEN_REQUIRED`, `PERMISSION_DENIED`
   */
  requirePermission(permission: Permission): void;
  /**
   * By the database, whatever the token says: one round trip. Also for jobs and calls of your own
   * services, which carry who acts and no token. Refused to an operator who acts as a member.
   * @returns the proof that sensitive functions ask for: see `assertFresh`
   * @throws {TenantryError} `SCOPE_REQUIRED`, `TOKEN_REQUIRED`, `PERMISSION_DENIED`; what the database
   * throws: where it cannot be asked, the answer is no
   */
  requireFresh<P extends Permission>(permission: P): Promise<FreshPermission<P>>;
  /** @throws {TenantryError} `PERMISSION_DENIED` for anything that `requireFresh` did not just return here */
  assertFresh<P extends Permission>(proof: FreshPermission<P>, permission: P): void;
  /** What proved the actor of the active scope; null where nothing did. */
  credential(): IdentityCredential | null;
}

export function createAccess<Permission extends string>(
  database: Pick<IdentityDatabase, "inTenant">,
  roles: Roles,
  events: EventSink,
): Access<Permission> {
  const standingNow = createStandingNow(database, roles);

  const can = (permission: Permission): boolean => {
    const credential = identityCredentialOf(currentScope());
    return credential !== null && permissionsOf(credential).includes(permission);
  };

  function denied(scope: TenantScope, permission: string, because: string) {
    emitEvent(events, {
      type: "permission.denied",
      severity: "info",
      message: `A permission was refused: ${because}.`,
      detail: { permission, tenant: scope.tenant.id, actor: actorId(scope) },
    });
    return permissionRefused(permission, because);
  }

  function standing(scope: TenantScope): Promise<StandingNow> {
    const { actor } = scope;
    const credential = identityCredentialOf(scope);
    if (credential?.kind === "access-token" && credential.claims.actor !== undefined) {
      return Promise.resolve({ refusedBecause: "an operator acts as the member" });
    }
    if (actor.kind === "user") {
      const claims = credential?.kind === "access-token" ? credential.claims : null;
      return standingNow.ofUser(scope, actor.id, claims);
    }
    if (actor.kind === "service") return standingNow.ofKey(scope, actor.id);
    return Promise.resolve({ refusedBecause: `a ${actor.kind} has no role in a tenant` });
  }

  return {
    can,
    requirePermission(permission) {
      const scope = currentScope();
      if (scope.actor.kind === "anonymous") throw tokenRequired(`${permission} is asked for`);
      if (identityCredentialOf(scope) === null) {
        throw denied(scope, permission, "nothing proves the actor here, so ask requireFresh");
      }
      if (!can(permission)) throw denied(scope, permission, "the credential does not have it");
    },
    async requireFresh(permission) {
      const scope = currentScope();
      if (scope.actor.kind === "anonymous") throw tokenRequired(`${permission} is asked for`);
      const now = await standing(scope);
      if ("refusedBecause" in now) throw denied(scope, permission, now.refusedBecause);
      if (!now.permissions.includes(permission))
        throw denied(scope, permission, "the role lacks it");
      return issueFreshPermission(permission, scope);
    },
    assertFresh: (proof, permission) => assertFreshPermission(proof, permission, currentScope()),
    credential: () => identityCredentialOf(currentScope()),
  };
}

function permissionsOf(credential: IdentityCredential): readonly string[] {
  return credential.kind === "access-token"
    ? credential.claims.permissions
    : credential.holder.permissions;
}

function actorId({ actor }: TenantScope): string | null {
  return "id" in actor ? actor.id : null;
}
