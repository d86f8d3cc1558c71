import {
  createMemoryRegistry,
  createTenantry,
  fromHost,
  type Tenant,
  type Tenantry,
  type TenantryEvent,
} from "tenantry";

/** An application with two tenants, for what needs no database. */
export interface QueueStage {
  readonly tenantry: Tenantry;
  readonly a: Tenant;
  readonly b: Tenant;
  readonly events: TenantryEvent[];
  readonly registry: ReturnType<typeof createMemoryRegistry>;
  as<T>(tenant: Tenant, work: () => T): Promise<Awaited<T>>;
}

export async function createQueueStage(): Promise<QueueStage> {
  const events: TenantryEvent[] = [];
  const registry = createMemoryRegistry();
  const tenantry = createTenantry({
    database: "postgres://nobody@127.0.0.1:1/none",
    registry,
    resolve: [fromHost({ baseDomain: "app.example.com" })],
    secret: "a secret of at least thirty-two bytes, for tests of queues",
    onEvent: (event) => void events.push(event),
  });
  return {
    tenantry,
    a: await registry.create({ slug: "acme", name: "Acme" }),
    b: await registry.create({ slug: "beta", name: "Beta" }),
    events,
    registry,
    as: (tenant, work) => tenantry.enter(tenant, { reason: "a test" }, work),
  };
}
