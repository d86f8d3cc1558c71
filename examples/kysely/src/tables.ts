/** The tenant's column is Tenantry's to fill: inserts leave it out. */
export interface Tables {
  project: { tenant_id?: string; id: number; title: string; country: string | null };
  task: { tenant_id?: string; id: number; project_id: number; title: string };
  country: { code: string; name: string };
}
