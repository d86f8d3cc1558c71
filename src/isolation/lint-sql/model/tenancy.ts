import { TenantryError } from "../../../core/tenantry-error.js";
import { manifestFileName, type Manifest } from "../../manifest/manifest.js";
import type { Model } from "./model.js";
import type { Column, Table } from "./table.js";

export interface TenancyOptions {
  readonly manifest?: Manifest | undefined;
  /** Before the manifest's. Default `tenant_id`. */
  readonly tenantColumn?: string | undefined;
  /** The setting that the policies should read, as `app.tenant_id`; before the manifest's. */
  readonly setting?: string | undefined;
}

type TableClass = "tenant" | "global" | "operator";

/** Which tables are whose, and which roles are the application's. */
export class Tenancy {
  readonly setting: string | undefined;
  readonly hasManifest: boolean;
  /** The usual name of the tenant's column. */
  readonly usualColumn: string;
  /** With the roles that the application's roles are members of. Empty: nobody said. */
  readonly appRoles: ReadonlySet<string>;
  /** Whether somebody named them; else they are those that Tenantry makes. */
  readonly hasNamedRoles: boolean;
  readonly #manifest: Manifest | undefined;
  readonly #model: Model;

  /** @throws {TenantryError} `MANIFEST_INVALID`, where it leaves a question open */
  constructor(model: Model, { manifest, tenantColumn, setting }: TenancyOptions) {
    this.#model = model;
    this.#manifest = manifest;
    this.hasManifest = manifest !== undefined;
    this.usualColumn = tenantColumn ?? manifest?.tenantColumn ?? "tenant_id";
    this.setting = setting ?? manifest?.setting;
    const roles = manifest?.appRoles ?? (model.usesTenantry ? ["tenantry_app"] : []);
    this.hasNamedRoles = manifest?.appRoles !== undefined;
    this.appRoles = withGroups(roles, model);
    refuseOpenQuestions(manifest);
  }

  get root(): string | undefined {
    return this.#manifest?.root;
  }

  /** Undefined: nobody said, and it has no column of the tenant's. */
  classOf(table: Table): TableClass | undefined {
    const entry = this.#manifest?.tables[table.name];
    if (entry !== undefined && entry.class !== "unclear") return entry.class;
    if (table.classified !== undefined) return table.classified;
    const parent = table.parent === undefined ? undefined : this.#model.tables.get(table.parent);
    const inherited = parent === undefined || parent === table ? undefined : this.classOf(parent);
    if (inherited !== undefined) return inherited;
    return table.columns.has(this.usualColumn) ? "tenant" : undefined;
  }

  isTenants(name: string): boolean {
    const table = this.#model.tables.get(name);
    if (table !== undefined) return this.classOf(table) === "tenant";
    return this.#manifest?.tables[name]?.class === "tenant";
  }

  /** The tables that belong to tenants, those of earlier migrations included. */
  get tenantTables(): Table[] {
    return [...this.#model.tables.values()].filter((table) => this.classOf(table) === "tenant");
  }

  columnName(table: Table): string {
    const entry = this.#manifest?.tables[table.name];
    if (entry?.class === "tenant" && entry.column !== undefined) return entry.column;
    if (table.classified === "tenant" && table.columns.has("tenant_id")) return "tenant_id";
    const parent = table.parent === undefined ? undefined : this.#model.tables.get(table.parent);
    return parent === undefined || parent === table ? this.usualColumn : this.columnName(parent);
  }

  column(table: Table): Column | undefined {
    return table.columns.get(this.columnName(table));
  }

  /** Whether a role is the application's, or everyone's; undefined where nobody said which those are. */
  isApps(role: string): boolean | undefined {
    if (role === "public") return true;
    if (this.appRoles.size === 0) return undefined;
    return this.appRoles.has(role);
  }
}

function withGroups(roles: readonly string[], model: Model): Set<string> {
  const all = new Set(roles);
  for (const role of all) {
    for (const group of model.roles.get(role)?.memberOf.keys() ?? []) all.add(group);
  }
  return all;
}

function refuseOpenQuestions(manifest: Manifest | undefined): void {
  const open = Object.entries(manifest?.tables ?? {}).filter(
    ([, { class: of }]) => of === "unclear",
  );
  if (open.length === 0) return;
  const names = open.slice(0, 10).map(([name]) => name);
  throw new TenantryError("MANIFEST_INVALID", {
    message: `The manifest leaves ${open.length} questions open: ${names.join(", ")}.`,
    fix: `Answer them in ${manifestFileName}: make each table's class tenant, global or operator.`,
  });
}
