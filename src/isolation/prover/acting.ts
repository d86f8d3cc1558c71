import { literal } from "../catalog/names.js";
import type { TenantContext } from "../subject/subject.js";
import type { TenantLabel } from "./seed/contract.js";

/**
 * Which tenant a statement says it is of. `none` leaves settings as '', which is what they fall back
 * to on a connection that was used before; `garbage` says what is no tenant.
 */
export type Context = TenantLabel | "none" | "garbage";

/** Statements that make a context the current one, for this transaction. */
export type Acting = (context: Context) => readonly string[];

export const garbage = "tenantry-prover-no-such-tenant";

export interface Claims {
  readonly tenant: string;
  /** Of a user who belongs to that tenant, where the seeder made one. */
  readonly user: string | undefined;
  /** Columns that hold the tenant: claims of a JSON Web Token are often called so. */
  readonly columns: readonly string[];
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
    ...context.settings.map((name) => set(name, valueOf(name, who, claims))),
    ...(seals === undefined ? [] : [set("tenantry.scope", sealOf(who, claims, seals))]),
  ];
}

function set(name: string, value: string): string {
  return `select pg_catalog.set_config(${literal(name)}, ${literal(value)}, true)`;
}

function sealOf(
  who: Context,
  claims: Readonly<Record<TenantLabel, Claims>>,
  seals: (tenant: string) => string,
): string {
  if (who === "none") return "";
  return who === "garbage" ? garbage : seals(claims[who].tenant);
}

function valueOf(
  setting: string,
  who: Context,
  claims: Readonly<Record<TenantLabel, Claims>>,
): string {
  if (who === "none") return "";
  const isToken = /claims?$/i.test(setting);
  if (who === "garbage") return isToken ? JSON.stringify({ sub: garbage }) : garbage;
  const { tenant, user, columns } = claims[who];
  if (isToken) return tokenOf({ tenant, user, columns });
  if (/\.sub$|claim\.sub|user|actor|member|person/i.test(setting)) return user ?? tenant;
  // What opens more than one tenant is never said.
  return /bypass|admin|super|system|internal|service/i.test(setting) ? "" : tenant;
}

/** As Supabase, Hasura and others put it into request.jwt.claims. */
function tokenOf({ tenant, user, columns }: Claims): string {
  const own = Object.fromEntries(columns.map((name) => [name, tenant]));
  const metadata = { ...own, tenant_id: tenant, org_id: tenant };
  return JSON.stringify({
    sub: user ?? tenant,
    role: "authenticated",
    ...metadata,
    app_metadata: metadata,
    user_metadata: metadata,
  });
}
