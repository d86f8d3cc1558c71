import { z } from "zod";

/** `schema.table`, each part as PostgreSQL stores it, without quotes. */
const relationName = z
  .string()
  .regex(/^[^.]+\.[^.]+$/, "Name a table with its schema, as public.projects.");

const identifier = z.string().min(1).max(63);

const reason = z.string().min(1).max(1000);

const tenantTable = z.strictObject({
  class: z.literal("tenant"),
  /** The column that holds the tenant. Default: the manifest's `tenantColumn`. */
  column: z.string().min(1).max(63).optional(),
  /**
   * Where the table has no such column yet: its foreign key columns that lead towards the tenant, as
   * `["project_id -> public.projects.id"]`.
   */
  through: z.array(z.string().min(1).max(300)).max(20).optional(),
  /**
   * Names of unique constraints and indexes that hold across tenants, as that of a token which is looked
   * up before the tenant is known. All others are made to lead with the tenant.
   */
  keepUnique: z.array(identifier).max(100).optional(),
  /** Names of foreign keys that may lead to another tenant's rows. All others are made to carry the tenant. */
  keepReferences: z.array(identifier).max(100).optional(),
  /** True: the primary key stays as it is, and (tenant_id, …) becomes a unique constraint beside it. */
  keepKey: z.boolean().optional(),
  /** Of a root that points to itself: whether each row is a tenant, or each tree. Default: each. */
  nested: z.enum(["each", "topmost"]).optional(),
  evidence: z.array(z.string().max(500)).max(50).optional(),
});

const sharedTable = z.strictObject({
  class: z.enum(["global", "operator"]),
  reason,
  /** What the app may do with a global table. Default: read. */
  access: z.enum(["read", "write"]).optional(),
  evidence: z.array(z.string().max(500)).max(50).optional(),
});

/** A question that only a person can answer; whoever reads the manifest refuses to go on with one left. */
const openTable = z.strictObject({
  class: z.literal("unclear"),
  question: z.string().min(1).max(1000),
  candidates: z.array(z.string().max(500)).max(50).optional(),
  evidence: z.array(z.string().max(500)).max(50).optional(),
});

const suppression = z.strictObject({
  /** A finding's key, as `D4:public.users:users_email_key`; a trailing `*` stands for any ending. */
  key: z.string().min(2).max(500),
  reason,
  /** The last day on which it holds, as `2027-01-31`; without one it holds for ever. */
  until: z.iso.date().optional(),
});

export const manifestSchema = z.strictObject({
  version: z.literal(1),
  /** The table whose rows are the tenants, as `public.organizations`. */
  root: relationName.optional(),
  /** The usual name of the column that holds the tenant. */
  tenantColumn: z.string().min(1).max(63).optional(),
  /**
   * What a column `tenant_id` of another type than uuid is renamed to, where `adopt` has to make room for
   * its own.
   */
  renameTenantColumn: identifier.optional(),
  /** What the policies read the tenant from, as the setting `app.tenant_id`. */
  setting: z.string().min(1).max(126).optional(),
  /** The roles that the application logs in with. */
  appRoles: z.array(z.string().min(1).max(63)).max(20).optional(),
  tables: z
    .record(relationName, z.discriminatedUnion("class", [tenantTable, sharedTable, openTable]))
    .default({}),
  suppressions: z.array(suppression).max(1000).default([]),
});

export type Manifest = z.infer<typeof manifestSchema>;
export type ManifestTable = Manifest["tables"][string];
export type Suppression = Manifest["suppressions"][number];

/** Where the commands look when none is named. */
export const manifestFileName = "tenantry.manifest.json";
