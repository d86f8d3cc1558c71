import { setTimeout as wait } from "node:timers/promises";
import { createTenantry, type Tenantry } from "tenantry";
import type { DatabaseSettings } from "../settings.js";

/**
 * A genuine seal of a tenant that has just expired: what a thief has who was too slow. It is read
 * back from the database by an instance whose seals live for two seconds.
 */
export async function expiredSealOf(
  slug: string,
  tenantry: Tenantry,
  { url, secret }: DatabaseSettings,
): Promise<string> {
  const shortLived = createTenantry({
    database: { url, sealLifetime: 2, maxConnections: 1 },
    secret,
    resolve: [{ name: "none", varies: [], read: () => null }],
    registry: tenantry.tenants,
    onEvent: tenantry.events,
  });
  try {
    const options = { reason: "let a seal expire, to attack with it" };
    const { rows } = await shortLived.enter(slug, options, () =>
      shortLived.db.query<{ seal: string }>("select current_setting('tenantry.scope') as seal"),
    );
    await wait(2100);
    return rows[0]!.seal;
  } finally {
    await shortLived.close();
  }
}
