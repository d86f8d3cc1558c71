import { runDetached } from "../../core/context.js";
import { isTenantryError, TenantryError } from "../../core/tenantry-error.js";
import { safeReturnPath, type Caller, type Identity } from "../../identity/index.js";
import type { IncomingRequest } from "../../resolver/contract.js";
import { answerToFailure, reportFailure } from "../failure.js";
import { toResponse as toAnswer } from "../fetch/responses.js";
import { incomingFromFetch } from "../incoming/from-fetch.js";
import { notFound } from "../not-found.js";
import type { Endpoint, ExternalSignIn, Given, Reply, Settings } from "./contract.js";
import { endpoints } from "./endpoints.js";
import { credentialsOf } from "./given.js";
import { originOfHost } from "./hosts.js";
import { createMatcher } from "./match.js";
import { assertSameOrigin } from "./origin-check.js";
import { invalid, readBody } from "./read-body.js";
import { errorReply, oauthErrorReply, toResponse } from "./reply.js";

export interface IdentityHandlerOptions {
  /**
   * The page of yours that signs people in, on the auth host: it is given the query of the endpoint
   * `/auth/authorize`, where it goes on from. Default `/sign-in`.
   */
  readonly signInPath?: string;
  /** Where on a tenant's host someone goes who is not let in. Default `/`. */
  readonly deniedPath?: string;
  /** Your own sign-in, in place of the built-in one or beside it. */
  readonly externalSignIn?: ExternalSignIn;
}

/** What a request came with that a `Request` does not have. */
export interface RequestOrigin {
  /** The raw request, where the host has one: see `incomingFromFetch`. */
  readonly incoming?: IncomingRequest;
  /** The peer's address. Default unknown. */
  readonly remoteAddress?: string | null;
}

/**
 * Answers a request to identity; null for one that is not for it: any path but `/auth/…` and the two
 * of `/.well-known/…`. Never rejects.
 */
export type IdentityHandler = (request: Request, from?: RequestOrigin) => Promise<Response | null>;

/** Serves the endpoints of identity, described in `/auth/openapi.json`, on the auth host and on tenants'. */
export function createIdentityHandler<Permission extends string>(
  given: Identity<Permission>,
  options: IdentityHandlerOptions = {},
): IdentityHandler {
  // What is served knows no permission by name.
  const identity = given as unknown as Identity;
  const { signInPath = "/sign-in", deniedPath = "/", externalSignIn = null } = options;
  const settings: Settings = {
    deniedPath,
    externalSignIn,
    signInPage: (search) => identity.issuer.origin + signInPath + search,
  };
  assertOwnPath("signInPath", signInPath);
  assertOwnPath("deniedPath", deniedPath);
  const matcher = createMatcher(endpoints);

  async function serve(request: Request, from: RequestOrigin): Promise<Response | null> {
    const url = new URL(request.url);
    const found = matcher.find(url.pathname);
    if (found === null) return url.pathname.startsWith("/auth/") ? refused(notFound()) : null;
    const endpoint = found.methods.get(request.method);
    if (endpoint === undefined) return notAllowed(found.methods);
    try {
      const incoming = from.incoming ?? incomingFromFetch(request, from.remoteAddress ?? null);
      return toResponse(await answer(endpoint, request, url, found.id, incoming));
    } catch (error) {
      if (!isTenantryError(error)) return toAnswer(answerToFailure(identity.events, error));
      if (error.status >= 500) reportFailure(identity.events, error);
      return toResponse(endpoint.oauthErrors === true ? oauthErrorReply(error) : errorReply(error));
    }
  }

  async function answer(
    endpoint: Endpoint,
    request: Request,
    url: URL,
    id: string,
    incoming: IncomingRequest,
  ): Promise<Reply> {
    const host = identity.requests.hostOf(incoming);
    const isAuthHost = host === identity.issuer.hostname;
    if (endpoint.audience === (isAuthHost ? "tenant-host" : "auth-host")) throw notFound();
    // A host that is no tenant's is not ours, whatever the body may say.
    if (endpoint.audience === "any-host" && !isAuthHost) await identity.requests.tenantOf(incoming);
    const origin = originOfHost(identity, host);
    if (endpoint.method !== "GET" && endpoint.checksOrigin !== false) {
      assertSameOrigin(request, origin, identity.events);
    }
    const caller: Caller = {
      address: identity.requests.addressOf(incoming),
      userAgent: request.headers.get("user-agent"),
    };
    const basis = { identity, settings, request, host, origin, caller, id };
    return endpoint.handle({
      ...basis,
      ...credentialsOf(identity, incoming, basis),
      body: await bodyOf(endpoint, request),
      query: queryOf(endpoint, url),
    });
  }

  return (request, from = {}) => runDetached(() => serve(request, from));
}

/** What follows the host would else be a part of it, or another. */
function assertOwnPath(option: string, path: string): void {
  if (safeReturnPath(path) === path) return;
  throw new TenantryError("CONFIG_INVALID", {
    message: `\`${option}\` is ${JSON.stringify(path)}, which is no path of the host's own.`,
    fix: 'Pass a path such as "/sign-in".',
  });
}

async function bodyOf({ body }: Endpoint, request: Request): Promise<unknown> {
  if (body === undefined) return undefined;
  const read = body.schema.safeParse(await readBody(request, body.format));
  if (read.success) return read.data;
  const [issue] = read.error.issues;
  throw invalid(`${issue?.path.join(".") || "It"}: ${issue?.message ?? "not as described"}.`);
}

/** Each parameter once, as RFC 6749 §3.1 has it. */
function queryOf({ query }: Endpoint, { searchParams }: URL): Given["query"] {
  if (query === undefined) return {};
  const names = [...searchParams.keys()];
  if (new Set(names).size !== names.length)
    throw invalid("A parameter of the query is there twice.");
  const read = query.safeParse(Object.fromEntries(searchParams));
  if (read.success) return read.data as Given["query"];
  throw invalid(`${read.error.issues[0]?.path.join(".") ?? "The query"} is missing.`);
}

function refused(error: TenantryError): Response {
  return toResponse(errorReply(error));
}

function notAllowed(methods: ReadonlyMap<string, Endpoint>): Response {
  const allow = [...methods.keys()].join(", ");
  return toResponse({ ...errorReply(notFound()), status: 405, headers: { allow } });
}
