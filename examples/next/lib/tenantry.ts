import { createTenantry, fromHost, type Tenantry } from "tenantry";

const shared = globalThis as { exampleTenantry?: Tenantry };

/** One for the process: Next.js loads modules once for the proxy and again for what is behind it. */
export function tenantry(): Tenantry {
  return (shared.exampleTenantry ??= createTenantry({
    database: process.env.DATABASE_URL!,
    operatorDatabase: process.env.TENANTRY_OPERATOR_DATABASE_URL!,
    resolve: [fromHost({ baseDomain: "localhost" })],
    central: ["/healthz"],
    secret: process.env.TENANTRY_SECRET!,
  }));
}
