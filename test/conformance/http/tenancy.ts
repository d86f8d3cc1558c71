import {
  createMemoryRegistry,
  createTenantry,
  fromAccessToken,
  fromHost,
  type Tenant,
  type TenantKey,
  type TenantryEvent,
  type Tenantry,
} from "tenantry";
import {
  audience,
  issuer,
  keySet,
  sign,
  signingKey,
} from "../../../src/resolver/access-token/tokens.test-support.js";

export const tenantSlugs = ["acme", "globex", "initech", "hooli", "umbrella", "wonka"] as const;

export interface Tenancy {
  readonly tenantry: Tenantry;
  readonly events: TenantryEvent[];
  readonly tenants: ReadonlyMap<string, Tenant>;
  token(slug: string): Promise<string>;
  /** Runs before each look-up; may wait, or throw. */
  beforeFind: (key: TenantKey) => unknown;
}

/**
 * A Tenantry over tenants in memory, with `sleepy` suspended and `gone` archived. Subdomains of
 * example.com and tokens name tenants; `/api/` needs a token; `/healthz` and `/public/` are central.
 * Its database is nowhere.
 */
export async function openTenancy(): Promise<Tenancy> {
  const memory = createMemoryRegistry();
  const tenants = new Map<string, Tenant>();
  for (const slug of [...tenantSlugs, "sleepy", "gone"]) {
    tenants.set(slug, await memory.create({ slug, name: slug }));
  }
  await memory.suspend(tenants.get("sleepy")!.id);
  await memory.archive(tenants.get("gone")!.id);
  const key = await signingKey("EdDSA", "ed-1");
  const events: TenantryEvent[] = [];
  const tenancy = { beforeFind: (_key: TenantKey): unknown => undefined };
  const tenantry = createTenantry({
    database: "postgres://nobody@127.0.0.1:1/nowhere",
    secret: "a secret of at least thirty-two bytes, for tests",
    resolve: [
      fromHost({ baseDomain: "example.com" }),
      fromAccessToken({
        issuer,
        audience,
        jwks: keySet(key),
        required: ({ target, method }) => target.startsWith("/api/") && method !== "OPTIONS",
      }),
    ],
    central: ["/healthz", "/public/*"],
    onEvent: (event) => events.push(event),
    registry: {
      ...memory,
      find: async (wanted) => {
        await tenancy.beforeFind(wanted);
        return memory.find(wanted);
      },
    },
  });
  const token = (slug: string) => sign(key, { tenant_id: tenants.get(slug)!.id });
  return Object.assign(tenancy, { tenantry, events, tenants, token });
}
