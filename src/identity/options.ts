import type { EventSink } from "../core/event.js";
import type { TenantLookup } from "../core/tenant.js";
import type { DatabaseOptions } from "../database/options.js";
import type { FromHostOptions } from "../resolver/host/from-host.js";
import type { RateBackend } from "../limits/store/contract.js";
import type { Allowances } from "./attempts/allowance.js";
import type { GrantsOptions } from "./grant/index.js";
import type { RedisClient } from "./authority/index.js";
import type { LinkTargets } from "./mail/letters.js";
import type { Mailer } from "./mail/mailer.js";
import type { RolesOptions } from "./membership/roles.js";
import type { IsBreached } from "./password/breached.js";
import type { PasswordHasherOptions } from "./password/hasher.js";
import type { SessionOptions } from "./session/sessions.js";
import type { SigningAlgorithm } from "./token/index.js";

export interface IdentityOptions<Permission extends string = never> {
  /** Where tenants are looked up: `tenantry.tenants`. */
  readonly tenants: TenantLookup;
  /** What fromHost of the application is given, so that both read a host alike. */
  readonly hosts: FromHostOptions;
  /** Identity's own connection. Its login is a member of `tenantry_identity` only. */
  readonly database: string | DatabaseOptions;
  /** The application's, as createTenantry has it: one, or `[new, old]` while it is rotated. */
  readonly secret: string | readonly string[];
  /** The name that people know the service by. */
  readonly serviceName: string;
  /** The origin of the auth host, `https://auth.example.com`: the `iss` of the tokens. */
  readonly issuer: string;
  /** The API that takes the tokens: their `aud`. Default the issuer. */
  readonly audience?: string;
  readonly mailer: Mailer;
  /** Addresses and CIDR ranges whose `X-Forwarded-Host` and `X-Forwarded-For` are believed. Default none. */
  readonly trustedProxies?: readonly string[];
  /** Every permission of the application's own: `area:action`. */
  readonly permissions?: readonly Permission[];
  /** What the built-in roles may of them. Default: an admin all, the others none. */
  readonly roles?: RolesOptions["roles"];
  /** Of the keys that are made from now on. Default `"EdDSA"`. */
  readonly algorithm?: SigningAlgorithm;
  /** Whole seconds, 1 to 3,600. Default 3,600. */
  readonly accessTokenSeconds?: number;
  readonly sessions?: SessionOptions;
  /** See GrantsOptions. Defaults 30 s, as long as the grace, and 30 days. */
  readonly grants?: Pick<GrantsOptions, "graceSeconds" | "settleSeconds" | "lifetimeDays">;
  /**
   * A client of ioredis or node-redis, which you connect, listen to for errors, and close after identity.
   * Has revocations reach a process that the database's `NOTIFY` does not; nothing rests on it. Default none.
   */
  readonly redis?: RedisClient;
  /** Where failed sign-ins are counted, and how many there may be. Default: in this process. */
  readonly attempts?: Partial<Allowances> & { readonly backend?: RateBackend };
  readonly passwords?: Omit<PasswordHasherOptions, "onEvent"> & {
    readonly isBreached?: IsBreached;
  };
  /** Whether an address must be confirmed before its account can sign in. Default true. */
  readonly requireVerifiedEmail?: boolean;
  /** Where the links of letters lead to. Default: pages of the auth host. */
  readonly links?: LinkTargets;
  /** How long an operator acts as a member, 1 to 60 minutes. Default 15. */
  readonly impersonationMinutes?: number;
  /** Told of refusals, attacks and faults. Default: one JSON line each on stderr. */
  readonly onEvent?: EventSink;
}
