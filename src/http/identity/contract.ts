import type { z } from "zod";
import type { Tenant } from "../../core/tenant.js";
import type {
  Caller,
  Identity,
  KeyHolder,
  Session,
  VerifiedAccessToken,
} from "../../identity/index.js";
import type { BodyFormat } from "./read-body.js";

/** On which hosts an endpoint answers; on any other it is not there. */
export type Audience = "auth-host" | "tenant-host" | "any-host";

/** What signs a request in. */
export type Authentication =
  /** Nothing, or what the body itself says. */
  | "none"
  /** The global session's cookie. */
  | "session"
  /** An access token of a member, in `Authorization: Bearer`. */
  | "member"
  /** A key of a tenant's, likewise. */
  | "key";

export interface Endpoint<Body = unknown> {
  readonly method: "GET" | "POST" | "PUT" | "PATCH" | "DELETE";
  /** Under the host; `{id}` stands for one segment. */
  readonly path: string;
  readonly audience: Audience;
  readonly authentication: Authentication;
  /** For the description. */
  readonly summary: string;
  readonly body?: {
    readonly format: BodyFormat;
    readonly schema: z.ZodType<Body>;
    /** What the description says, where the handler itself refuses some that passes the schema. */
    readonly described?: z.ZodType;
  };
  readonly query?: z.ZodType;
  /** Of the answer that is described; an error has its own. */
  readonly answer?: { readonly status: number; readonly schema?: z.ZodType };
  /**
   * Whether a write must come from a page of the same origin. Default true; false where only the
   * body or a token can sign it in, and no cookie is looked at.
   */
  readonly checksOrigin?: boolean;
  /** Whether errors are written as RFC 6749 §5.2 has them. Default false. */
  readonly oauthErrors?: boolean;
  readonly handle: (given: Given<Body>) => Promise<Reply> | Reply;
}

/** What a handler gets. */
export interface Given<Body = unknown> {
  readonly identity: Identity;
  readonly settings: Settings;
  readonly request: Request;
  /** The effective host, and the origin that its pages have. */
  readonly host: string;
  readonly origin: string;
  readonly caller: Caller;
  readonly body: Body;
  readonly query: Readonly<Record<string, string>>;
  /** The segment in place of `{id}`; empty where the path has none. */
  readonly id: string;
  /** The tenant of the host. @throws {TenantryError} `TENANT_UNRESOLVED`, `TENANT_INACTIVE` */
  readonly tenant: () => Promise<Tenant>;
  /** The value of a cookie. @throws {TenantryError} `REQUEST_INVALID` */
  readonly cookie: (name: string) => string | null;
  /** The session that the cookie names, or null. @throws {TenantryError} `REQUEST_INVALID` */
  readonly findSession: () => Promise<Session | null>;
  /** @throws {TenantryError} `SESSION_REQUIRED` */
  readonly session: () => Promise<Session>;
  /** @throws {TenantryError} `TOKEN_REQUIRED`, `TOKEN_INVALID`, `TOKEN_STALE`, `TENANT_MISMATCH` */
  readonly member: () => Promise<Member>;
  /**
   * Whose key the request brings: at a tenant's host, one of that tenant.
   * @throws {TenantryError} `TOKEN_REQUIRED`, `TOKEN_INVALID`; what `tenant` throws
   */
  readonly keyHolder: () => Promise<KeyHolder>;
}

/** A member who calls with an access token, at his tenant's host. */
export interface Member {
  readonly tenant: Tenant;
  readonly claims: VerifiedAccessToken;
  readonly by: { readonly accountId: string; readonly caller: Caller };
}

export interface Settings {
  /** The page that signs people in, for a query of the authorization endpoint to come back with. */
  readonly signInPage: (search: string) => string;
  /** Where on a tenant's host the browser goes that was not let in. */
  readonly deniedPath: string;
  /** Who is signed in, where the session comes from elsewhere; null where nobody is. */
  readonly externalSignIn: ExternalSignIn | null;
}

/**
 * Your own sign-in, asked each time that a browser enters a tenant. The account is one of identity's,
 * made with `accounts.create` and no password. Null leaves whoever has a session here signed in: end
 * it, with `revocation.endSession`, when somebody signs out of yours.
 */
export type ExternalSignIn = (request: Request) => Promise<ExternalIdentity | null>;

export interface ExternalIdentity {
  /** Of an account. */
  readonly userId: string;
  readonly authenticatedAt: Date;
  /** Names of RFC 8176: `pwd`, `otp`, `hwk`, … */
  readonly methods: readonly string[];
}

export interface Reply {
  readonly status: number;
  readonly body?: unknown;
  readonly cookies?: readonly string[];
  readonly headers?: Readonly<Record<string, string>>;
}
