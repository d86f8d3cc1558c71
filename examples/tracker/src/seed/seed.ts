import { isTenantryError, type Tenant, type Tenantry } from "tenantry";
import { makeUpRows } from "./made-up-rows.js";
import { demoTenants, type DemoTenant } from "./tenants.js";

/** Makes the demo's tenants and their rows where they are not there yet. @returns ids by slug */
export async function seed(tenantry: Tenantry): Promise<ReadonlyMap<string, string>> {
  const ids = new Map<string, string>();
  for (const demo of demoTenants) {
    const tenant = await ensureTenant(tenantry, demo);
    await fill(tenantry, tenant, demo);
    ids.set(demo.slug, tenant.id);
  }
  return ids;
}

async function ensureTenant(tenantry: Tenantry, { slug, name }: DemoTenant): Promise<Tenant> {
  const find = () => tenantry.tenants.find({ by: "slug", value: slug });
  const known = await find();
  if (known !== null) return known;
  try {
    return await tenantry.tenants.create({ slug, name });
  } catch (error) {
    // Another process that starts at the same moment may have been quicker.
    const made = isTenantryError(error, "TENANT_CONFLICT") ? await find() : null;
    if (made !== null) return made;
    throw error;
  }
}

/**
 * All rows of a tenant in one transaction, with its counter: where the counter is, nothing is
 * missing, so what a restart finds is left as people changed it.
 */
async function fill(tenantry: Tenantry, tenant: Tenant, demo: DemoTenant): Promise<void> {
  const options = { reason: "fill in the demo's rows", allowInactive: true };
  const isFilled = () => tenantry.db.query("select from counters where name = 'projects'");
  if ((await tenantry.enter(tenant, options, isFilled)).rowCount === 1) return;
  if (demo.suspended) await tenantry.tenants.suspend(tenant.id);
  const rows = makeUpRows(demo);
  await tenantry.enter(tenant, options, () =>
    tenantry.db.transaction(async (tx) => {
      const { rowCount } = await tx.query(
        "insert into counters (name, last_id) values ('projects', $1) on conflict do nothing",
        [demo.projects],
      );
      if (rowCount === 0) return;
      await tx.query(insertProjects, [JSON.stringify(rows.projects)]);
      await tx.query(insertDocuments, [JSON.stringify(rows.documents)]);
      await tx.query(insertInvoices, [JSON.stringify(rows.invoices)]);
    }),
  );
}

// No tenant_id anywhere: the column's default is the tenant of the scope.

const insertProjects = `insert into projects (id, name, description, status, created_at, updated_at)
  select id, name, description, status, created_at, created_at
  from jsonb_to_recordset($1::jsonb)
    as r (id int, name text, description text, status text, created_at timestamptz)`;

const insertDocuments = `insert into documents (id, project_id, title, body, created_at)
  select id, project_id, title, body, created_at
  from jsonb_to_recordset($1::jsonb)
    as r (id int, project_id int, title text, body text, created_at timestamptz)`;

const insertInvoices = `insert into invoices (id, project_id, currency, amount, status, issued_on)
  select id, project_id, currency, amount, status, issued_on
  from jsonb_to_recordset($1::jsonb)
    as r (id int, project_id int, currency text, amount numeric, status text, issued_on date)`;
