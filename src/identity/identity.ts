import type { EventSink } from "../core/event.js";
import type { TenantLookup } from "../core/tenant.js";
import type { Resolver } from "../resolver/contract.js";
import type { FromHostOptions } from "../resolver/host/from-host.js";
import type { Access } from "./access/access.js";
import type { FromCredentialsOptions } from "./access/from-credentials.js";
import type { Accounts } from "./account/accounts.js";
import type { ApiKeys } from "./api-key/api-keys.js";
import type {
  AuthorizationCodes,
  RedirectTargets,
  SignInTransactions,
  TenantChoices,
} from "./authorization/index.js";
import type { Authority } from "./authority/index.js";
import type { TenantEvents } from "./event/tenant-events.js";
import type { Exchange } from "./exchange/exchange.js";
import type { Grants } from "./grant/index.js";
import type { Impersonation } from "./impersonation/impersonation.js";
import type { Invitations } from "./invitation/invitations.js";
import type { Letters } from "./mail/letters.js";
import type { Members } from "./membership/members.js";
import type { IdentityPermission } from "./membership/roles.js";
import type { TenantRoles } from "./membership/tenant-roles.js";
import type { RequestReader } from "./request/request-reader.js";
import type { Revocation } from "./revocation/revocation.js";
import type { Sessions } from "./session/sessions.js";
import type { SignIn } from "./sign-in/create-sign-in.js";
import type { RotatingSigningKeys, TokenVerifier } from "./token/index.js";

/** One application's identity: what `createIdentity` makes. */
export interface Identity<Permission extends string = never> extends Access<
  Permission | IdentityPermission
> {
  /** The auth host's origin. */
  readonly issuer: URL;
  readonly tenants: TenantLookup;
  /** How tenants' hosts are read: as `fromHost` has it. */
  readonly hosts: FromHostOptions;
  readonly events: EventSink;
  /** Reads the requests to identity's own endpoints. */
  readonly requests: RequestReader;
  readonly accounts: Accounts;
  readonly sessions: Sessions;
  readonly signIn: SignIn;
  readonly tenantChoices: TenantChoices;
  readonly exchange: Exchange;
  readonly authorizationCodes: AuthorizationCodes;
  readonly redirectTargets: RedirectTargets;
  readonly signIns: SignInTransactions;
  readonly authority: Authority;
  readonly grants: Grants;
  readonly members: Members;
  readonly tenantRoles: TenantRoles;
  readonly invitations: Invitations;
  readonly apiKeys: ApiKeys;
  readonly revocation: Revocation;
  readonly impersonation: Impersonation;
  /** What happened in a tenant: `events` is told of what the service itself should know. */
  readonly tenantEvents: TenantEvents;
  readonly letters: Letters;
  /** Whether a token is ours and in time; `authority` says whether it is still so. */
  readonly verifier: TokenVerifier;
  readonly signingKeys: RotatingSigningKeys;
  /**
   * For `resolve` of createTenantry, beside `fromHost`: the tenant and the actor of an access token or
   * of a tenant's key.
   * @throws {TenantryError} on reading `TOKEN_REQUIRED`, `TOKEN_INVALID`, `TOKEN_STALE`,
   * `TOKEN_KEYS_UNAVAILABLE`
   */
  fromCredentials(options?: FromCredentialsOptions): Resolver;
  /**
   * Whether identity's login can do what it must and no more: call it before listening.
   * @throws {TenantryError} `DATABASE_UNSAFE` with each problem and its mend
   */
  ready(): Promise<void>;
  /** Closes every connection, after the statements in flight. */
  close(): Promise<void>;
}
