/** A gap in the tables of the sound schema: what spoils it, the place that must turn, and the attack. */
interface Gap {
  readonly gap: string;
  readonly plant: string;
  readonly cell: string;
  readonly rule: string;
}

/** All can be planted at once: none shows where another does. */
export const inTheTables: readonly Gap[] = [
  {
    gap: "row security that sleeps (A1)",
    plant: "alter table projects disable row level security",
    cell: "public.projects read",
    rule: "foreign-read",
  },
  {
    gap: "USING (true) on UPDATE alone (B2)",
    plant: `drop policy tenantry_floor on tasks;
      create policy open on tasks for update using (true) with check (true)`,
    cell: "public.tasks update",
    rule: "foreign-update",
  },
  {
    gap: "USING (true) on DELETE alone (B2)",
    plant: `drop policy tenantry_floor on labels;
      create policy open on labels for delete using (true)`,
    cell: "public.labels delete",
    rule: "foreign-delete",
  },
  {
    gap: "WITH CHECK (true) on INSERT (B4)",
    plant: `drop policy tenantry_floor on events;
      create policy open on events for insert with check (true)`,
    cell: "public.events insert",
    rule: "forged-insert",
  },
  {
    gap: "a foreign key without the tenant (D1)",
    plant: `alter table events add column remark_id uuid;
      alter table remarks add constraint one_remark unique (id);
      alter table events add foreign key (remark_id) references remarks (id) on delete set null`,
    cell: "public.events reference",
    rule: "foreign-reference",
  },
  {
    gap: "a unique key without the tenant (D4)",
    plant: "alter table lists add constraint one_list unique (body)",
    cell: "public.lists upsert",
    rule: "unique-oracle",
  },
  {
    gap: "TRUNCATE granted (C9)",
    plant: "grant truncate on labels to tenantry_app",
    cell: "public.labels privilege",
    rule: "excess-privilege",
  },
  {
    gap: "a view with its owner's rights (C1)",
    plant: `create view peek as select * from journal; alter view peek owner to postgres;
      grant select on peek to tenantry_app`,
    cell: "public.peek",
    rule: "view-read",
  },
  {
    gap: "a view that counts with its owner's rights (C1)",
    plant: `create view volume as select count(*) as rows from journal; alter view volume owner to postgres;
      grant select on volume to tenantry_app`,
    cell: "public.volume",
    rule: "view-read",
  },
  {
    gap: "a definer function that returns all (C4)",
    plant: `create function everything() returns setof journal language sql stable security definer as 'select * from journal'`,
    cell: "public.everything()",
    rule: "function-read",
  },
];
