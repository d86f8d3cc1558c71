import { setTimeout as wait } from "node:timers/promises";
import { createTenantry, fromHost, type Tenantry } from "tenantry";
import { demoTenants } from "../seed/tenants.js";
import type { DatabaseSettings } from "../settings.js";

/** The expired seals of the demo's tenants, made ahead of the first page that needs one. */
export function expiredSeals(
  tenantry: Tenantry,
  database: DatabaseSettings,
): (slug: string) => Promise<string> {
  const seals = new Map<string, Promise<string>>();
  const sealOf = (slug: string): Promise<string> => {
    const known = seals.get(slug);
    if (known !== undefined) return known;
    const made = expiredSealOf(slug, tenantry, database);
    seals.set(slug, made);
    made.catch(() => seals.delete(slug));
    return made;
  };
  for (const { slug, suspended } of demoTenants)
    if (!suspended) void sealOf(slug).catch(() => null);
  return sealOf;
}

/**
 * A genuine seal of a tenant that has just expired: what a thief has who was too slow. It is read
 * back from the database by an instance whose seals live for two seconds.
 */
async function expiredSealOf(
  slug: string,
  tenantry: Tenantry,
  database: DatabaseSettings,
): Promise<string> {
  const seal = await shortLivedSealOf(slug, tenantry, database);
  await wait(2100, undefined, { ref: false });
  return seal;
}

async function shortLivedSealOf(
  slug: string,
  { tenants, events }: Tenantry,
  { url, secret }: DatabaseSettings,
): Promise<string> {
  const tenantry = createTenantry({
    database: { url, sealLifetime: 2, maxConnections: 1 },
    secret,
    resolve: [fromHost({ baseDomain: "localhost" })],
    registry: tenants,
    onEvent: events,
  });
  try {
    const options = { reason: "let a seal expire, to attack with it" };
    const { rows } = await tenantry.enter(slug, options, () =>
      tenantry.db.query<{ seal: string }>("select current_setting('tenantry.scope') as seal"),
    );
    return rows[0]!.seal;
  } finally {
    await tenantry.close();
  }
}
