import type { EventSink } from "../core/event.js";
import { isHostName } from "../core/host-name.js";
import { issueScope, type TenantScope } from "../core/scope.js";
import type { KeyRing } from "../core/seal/key-ring.js";
import { isSlug, isTenantId, type TenantKey, type TenantLookup } from "../core/tenant.js";
import { isTenantryError } from "../core/tenantry-error.js";
import { agree, nameOf, type Finding } from "./agreement.js";
import { centralRoutes } from "./central-routes.js";
import type { IncomingRequest, Resolver, ResolverOption, Signal } from "./contract.js";
import { createAuthorityReader } from "./host/authority.js";
import { configInvalid } from "./refusal.js";
import { reportRefusal } from "./refusal-events.js";

export interface RequestResolverOptions {
  /** One at least. All are read for every request, and all must agree. */
  readonly resolvers: readonly ResolverOption[];
  readonly lookup: TenantLookup;
  readonly keys: KeyRing;
  /** Addresses and CIDR ranges whose `X-Forwarded-Host` is believed. Default none. */
  readonly trustedProxies?: readonly string[];
  readonly events: EventSink;
  /** Exact paths and subtrees (`/auth/*`) served without a tenant. Default none. */
  readonly central?: readonly string[];
}

export type Resolution =
  | { readonly kind: "tenant"; readonly scope: TenantScope }
  | { readonly kind: "central"; readonly route: string };

export interface RequestResolver {
  /** Request headers, in lower case, that belong into `Vary`. Host is not: caches key on it. */
  readonly varies: readonly string[];
  /**
   * Whom a request is for. A refusal is reported as an event before it is thrown.
   *
   * Where several signals are unacceptable, a refused or missing token or seal is answered before
   * a host that names no tenant: without credentials where they are required, every host gets the
   * same answer, known, unknown or malformed.
   *
   * @throws {TenantryError} whatever a resolver threw; `TENANT_UNRESOLVED`, `TENANT_MISMATCH`,
   * `TENANT_INACTIVE`, `ACTOR_MISMATCH`; `REGISTRY_UNAVAILABLE`
   */
  resolve(request: IncomingRequest): Promise<Resolution>;
}

/** @throws {TenantryError} `CONFIG_INVALID` */
export function createRequestResolver(options: RequestResolverOptions): RequestResolver {
  const { lookup, events } = options;
  const resolvers = buildResolvers(options);
  const central = centralRoutes(options.central ?? []);
  return Object.freeze({
    varies: Object.freeze([...new Set(resolvers.flatMap((resolver) => resolver.varies))]),
    async resolve(request: IncomingRequest): Promise<Resolution> {
      const route = central(request.target);
      if (route !== null) return { kind: "central", route };
      const signals = await readSignals(resolvers, request, events);
      const findings = await findTenants(signals, lookup);
      return { kind: "tenant", scope: issue(findings, request, events) };
    },
  });
}

function buildResolvers(options: RequestResolverOptions): readonly Resolver[] {
  const services = Object.freeze({
    keys: options.keys,
    authority: createAuthorityReader(options.trustedProxies ?? []),
  });
  const resolvers = options.resolvers.map((option) =>
    typeof option === "function" ? option(services) : option,
  );
  const names = new Set(resolvers.map(({ name }) => name));
  if (resolvers.length === 0 || names.size !== resolvers.length) {
    throw configInvalid(
      `\`resolve\` has ${resolvers.length === 0 ? "no resolver" : "two resolvers of one name"}.`,
      "Pass each way that a request may name its tenant once, such as fromHost({ baseDomain }).",
    );
  }
  return resolvers;
}

/** What a resolver read, or what it threw. */
interface Reading {
  readonly signal: Signal | null;
  readonly failure: { readonly error: unknown } | null;
}

/** Every resolver reads, so that a refusal does not depend on which of them comes first. */
async function readSignals(
  resolvers: readonly Resolver[],
  request: IncomingRequest,
  events: EventSink,
): Promise<readonly Signal[]> {
  const begun = resolvers.map((resolver) => begin(resolver, request));
  const readings = isWaiting(begun) ? await Promise.all(begun) : (begun as readonly Reading[]);
  const signals: Signal[] = [];
  const errors: unknown[] = [];
  for (const { signal, failure } of readings) {
    if (failure !== null) errors.push(failure.error);
    if (signal !== null) signals.push(signal);
  }
  if (errors.length === 0) return signals;
  for (const error of errors) reportRefusal(events, request, error);
  throw errors.find((error) => !isTenantryError(error, "TENANT_UNRESOLVED")) ?? errors[0];
}

/** At once where the resolver answers at once: a promise takes longer than most of them do. */
function begin(resolver: Resolver, request: IncomingRequest): Reading | Promise<Reading> {
  try {
    const answer = resolver.read(request);
    if (answer === null || !("then" in answer)) return { signal: answer, failure: null };
    return Promise.resolve(answer).then((signal) => ({ signal, failure: null }), failed);
  } catch (error) {
    return failed(error);
  }
}

function failed(error: unknown): Reading {
  return { signal: null, failure: { error } };
}

type Begun = readonly (Reading | Promise<Reading>)[];

function isWaiting(begun: Begun): begun is readonly Promise<Reading>[] {
  return begun.some((reading) => reading instanceof Promise);
}

/** Looks every distinct name up once, all at the same time. */
async function findTenants(
  signals: readonly Signal[],
  lookup: TenantLookup,
): Promise<readonly Finding[]> {
  const [first, ...others] = signals;
  if (first !== undefined && others.length === 0) {
    return [{ signal: first, tenant: await find(first.key, lookup) }];
  }
  const answers = new Map<string, ReturnType<TenantLookup["find"]>>();
  for (const signal of signals) {
    const name = nameOf(signal);
    if (!answers.has(name)) answers.set(name, find(signal.key, lookup));
  }
  return Promise.all(
    signals.map(async (signal) => ({ signal, tenant: await answers.get(nameOf(signal))! })),
  );
}

/** A resolver of the user's own may be careless; nothing but a canonical key is looked up. */
function find(key: TenantKey, lookup: TenantLookup): ReturnType<TenantLookup["find"]> {
  return isCanonical(key) ? lookup.find(key) : Promise.resolve(null);
}

function isCanonical({ by, value }: TenantKey): boolean {
  if (by === "id") return isTenantId(value);
  if (by === "slug") return isSlug(value);
  return by === "domain" && isHostName(value);
}

function issue(
  findings: readonly Finding[],
  request: IncomingRequest,
  events: EventSink,
): TenantScope {
  try {
    const { tenant, actor, credential } = agree(findings);
    const evidence = findings.map(({ signal: { source, detail } }) => ({ source, detail }));
    return issueScope(tenant, actor, evidence, credential);
  } catch (error) {
    reportRefusal(events, request, error, findings);
    throw error;
  }
}
