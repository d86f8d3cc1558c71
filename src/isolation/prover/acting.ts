import { isUuid } from "../../core/uuid.js";
import { literal } from "../catalog/names.js";
import type { TenantContext } from "../subject/subject.js";
import type { TenantLabel } from "./seed/contract.js";

/**
 * Which tenant a statement says it is of. `none` leaves settings as '', which is what they fall back
 * to on a connection that was used before; `garbage` says what is no tenant.
 */
export type Context = TenantLabel | "none" | "garbage";

/** A setting, and what it is set to. */
export type Told = readonly [name: string, value: string];

/** The settings that make a context the current one. */
export type Acting = (context: Context) => readonly Told[];

/** Statements that set them, for this transaction. */
export function saying(told: readonly Told[]): readonly string[] {
  return told.map(
    ([name, value]) => `select pg_catalog.set_config(${literal(name)}, ${literal(value)}, true)`,
  );
}

export const garbage = "tenantry-prover-no-such-tenant";
export const sealSetting = "tenantry.scope";

export interface Claims {
  readonly tenant: string;
  /** Of a user who belongs to that tenant, where the seeder made one. */
  readonly user: string | undefined;
  /** What policies look for in a token, and columns that hold the tenant: claims are often called so. */
  readonly names: readonly string[];
}

/**
 * How SQL is told the tenant in this database: by Tenantry's seal, by plain settings, by the claims of
 * a token, or several of these.
 * @param seals makes a seal; undefined where there is no sealed scope
 */
export function actingThrough(
  context: TenantContext,
  claims: Readonly<Record<TenantLabel, Claims>>,
  seals: ((tenant: string) => string) | undefined,
): Acting {
  return (who) => [
    ...context.settings.map((name) => [name, valueOf(name, who, claims)] as const),
    ...(seals === undefined ? [] : [[sealSetting, sealOf(who, claims, seals)] as const]),
  ];
}

function sealOf(
  who: Context,
  claims: Readonly<Record<TenantLabel, Claims>>,
  seals: (tenant: string) => string,
): string {
  if (who === "none") return "";
  if (who === "garbage") return garbage;
  // A root that Tenantry did not adopt may have other keys: no seal speaks of its rows.
  return isUuid(claims[who].tenant) ? seals(claims[who].tenant) : "";
}

function valueOf(
  setting: string,
  who: Context,
  claims: Readonly<Record<TenantLabel, Claims>>,
): string {
  if (who === "none") return "";
  const isToken = /(claims?|[._](jwt|token))$/i.test(setting);
  if (who === "garbage") return isToken ? JSON.stringify({ sub: garbage }) : garbage;
  const { tenant, user } = claims[who];
  if (isToken) return tokenOf(claims[who]);
  if (isOfUser(setting)) return user ?? tenant;
  // What opens more than one tenant is never said.
  return /bypass|admin|super|system|internal|service/i.test(setting) ? "" : tenant;
}

const isOfUser = (name: string) => /(^|\.)sub$|user|actor|member|person|uid$/i.test(name);

/** As Supabase, Hasura and others put it into request.jwt.claims. */
function tokenOf({ tenant, user, names }: Claims): string {
  const own = Object.fromEntries(
    names.map((name) => [name, claimOf(name, tenant, user ?? tenant)]),
  );
  const metadata = { ...own, tenant_id: tenant, org_id: tenant };
  return JSON.stringify({
    ...metadata,
    sub: user ?? tenant,
    role: "authenticated",
    app_metadata: metadata,
    user_metadata: metadata,
  });
}

/** One that is called in the plural lists what the singular is. */
function claimOf(name: string, tenant: string, user: string): string | readonly string[] {
  if (isOfUser(name)) return user;
  return /s$/i.test(name) ? [tenant] : tenant;
}
