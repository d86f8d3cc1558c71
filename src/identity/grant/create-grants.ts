import { checkWhole } from "../../core/check-whole.js";
import type { EventSink } from "../../core/event.js";
import type { KeyRing } from "../../core/seal/key-ring.js";
import type { GrantDatabase, Grants, Reuse } from "./contract.js";
import { endByToken } from "./end-by-token.js";
import { endGrants } from "./end-grants.js";
import type { GrantParts } from "./parts.js";
import { refreshGrant } from "./refresh-grant.js";
import { createRoles, type Roles } from "../membership/roles.js";
import { readRefreshToken } from "./token-text.js";
import { startGrant } from "./start-grant.js";

export interface GrantsOptions {
  readonly database: GrantDatabase;
  readonly keys: KeyRing;
  readonly events: EventSink;
  /**
   * Milliseconds since the epoch. Default the database's clock, so that processes need not agree
   * on the time.
   */
  readonly now?: (() => number) | undefined;
  /**
   * Whole seconds, 0 to 300, in which the parent of the newest token gets that one again. Default 30,
   * three times the 10 s after which a client should give an answer up: the first try, one retry, and
   * what another tab sent just before (rotation.test.ts tries every order). A stolen token that was
   * used is worth nothing half a minute later. An honest client that comes later is taken for a thief.
   */
  readonly graceSeconds?: number;
  /**
   * Whole seconds, 0 to 300, in which a token that came of a rotation is answered with itself. As long
   * as the grace, a browser may refresh as often and in as many tabs at once as it likes; with 0, the
   * default here, one that refreshes twice while its first request is still on its way is taken for a
   * thief.
   */
  readonly settleSeconds?: number;
  /** Whole days, 1 to 365, after which a grant is over. It never slides. Default 30. */
  readonly lifetimeDays?: number;
  /** Who may what. Default createRoles(): what identity itself asks for, and nothing of the application's. */
  readonly roles?: Roles;
  /** Called once for each grant that ended because of reuse, to tell the user. Not waited for. */
  readonly onReuse?: (reuse: Reuse) => unknown;
}

/**
 * Grants and their rotating refresh tokens.
 * @throws {TenantryError} `CONFIG_INVALID`
 */
export function createGrants(options: GrantsOptions): Grants {
  const { now, graceSeconds = 30, settleSeconds = 0 } = options;
  const { lifetimeDays = 30, roles = createRoles() } = options;
  const parts: GrantParts = {
    database: options.database,
    keys: options.keys,
    events: options.events,
    clock: () => (now === undefined ? null : new Date(now())),
    graceMilliseconds: checkWhole("`graceSeconds` of the grants", graceSeconds, 0, 300) * 1000,
    settlingMilliseconds: checkWhole("`settleSeconds` of the grants", settleSeconds, 0, 300) * 1000,
    lifetimeSeconds: checkWhole("`lifetimeDays` of the grants", lifetimeDays, 1, 365) * 86_400,
    roles,
    onReuse: options.onReuse,
  };
  return {
    start: (start) => startGrant(parts, start),
    refresh: (token, context) => refreshGrant(parts, token, context),
    tenantOf: (token) => readRefreshToken(token)?.tenantId ?? null,
    endByToken: (tenantId, token, reason) => endByToken(parts, tenantId, token, reason),
    end: (tenantId, target, reason) => endGrants(parts, tenantId, target, reason),
  };
}
