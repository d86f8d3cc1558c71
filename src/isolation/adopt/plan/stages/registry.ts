import { quoted, sqlName } from "../../../catalog/names.js";
import type { Relation } from "../../../catalog/relation.js";
import { familyOf } from "../../infer/link.js";
import { tenantColumnOf, type Adoption } from "../../adoption.js";
import { dollarQuoted, forNobodyElse } from "../sql.js";
import type { Stage, Step } from "../step.js";

/** Makes every row of the root a tenant of the registry, those that come during the rollout too. */
export function registry(adoption: Adoption): Stage {
  return {
    number: 10,
    name: "registry",
    purpose:
      "Gives each row of the root its tenant in Tenantry's registry and keeps the tenant's id in the root's own tenant_id. Rows that are added from now on are registered by a trigger.",
    locks:
      "ACCESS EXCLUSIVE on the root for a moment, to add the column and the trigger; then row locks on batches of 200 rows.",
    duration: "About a millisecond for each row of the root.",
    steps: [rename(adoption), column(adoption), trigger(adoption), backfill(adoption)].flat(),
  };
}

function rename({ renamed }: Adoption): readonly Step[] {
  return renamed.map(({ relation, to }) => {
    const table = sqlName(relation);
    const is = (name: string, type: string) =>
      `exists (select from pg_catalog.pg_attribute where attrelid = '${table.replaceAll("'", "''")}'::regclass and attname = '${name.replaceAll("'", "''")}' and not attisdropped${type})`;
    const notUuid = " and atttypid <> 'uuid'::regtype";
    return {
      title: `${table}: tenant_id, which is no uuid, becomes ${to}`,
      statements: [
        dollarQuoted(
          `begin\n  if ${is("tenant_id", notUuid)} then\n    alter table ${table} rename column tenant_id to ${quoted(to)};\n  end if;\nend`,
        ),
      ],
      undo: [
        dollarQuoted(
          `begin\n  if ${is(to, "")} then\n    alter table ${table} rename column ${quoted(to)} to tenant_id;\n  end if;\nend`,
        ),
      ],
    };
  });
}

function column({ root }: Adoption): readonly Step[] {
  if (tenantColumnOf(root.relation) !== undefined) return [];
  const table = sqlName(root.relation);
  return [
    {
      title: `${table} gets tenant_id`,
      statements: [`alter table ${table} add column if not exists tenant_id uuid`],
      undo: [`alter table ${table} drop column if exists tenant_id`],
    },
  ];
}

function trigger(adoption: Adoption): readonly Step[] {
  const table = sqlName(adoption.root.relation);
  const parent = adoption.rootParent;
  const inherit =
    parent === undefined
      ? ""
      : `  if new.${quoted(parent.name)} is not null then
    select r.tenant_id into new.tenant_id from ${table} r where r.${quoted(adoption.rootKey.name)} = new.${quoted(parent.name)};
    return new;
  end if;
`;
  return [
    {
      title: `new rows of ${table} are registered`,
      statements: [
        `create or replace function tenantry_adopt.register_root() returns trigger
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
begin
  if new.tenant_id is not null then
    return new;
  end if;
${inherit}  new.tenant_id := tenantry_adopt.register(${idOf(adoption, "new")}, ${sourceOf(adoption.root.relation, "new", "slug")}, ${sourceOf(adoption.root.relation, "new", "name")});
  return new;
end
$$`,
        forNobodyElse("tenantry_adopt.register_root()"),
        `create or replace trigger tenantry_adopt_fill before insert on ${table}
  for each row execute function tenantry_adopt.register_root()`,
      ],
      undo: [
        `drop trigger if exists tenantry_adopt_fill on ${table}`,
        "drop function if exists tenantry_adopt.register_root()",
      ],
    },
  ];
}

function backfill(adoption: Adoption): readonly Step[] {
  const { relation } = adoption.root;
  const table = sqlName(relation);
  const key = quoted(adoption.rootKey.name);
  const parent = adoption.rootParent;
  const topmost = parent === undefined ? "" : ` and r.${quoted(parent.name)} is null`;
  const own = dollarQuoted(`declare
  id_given uuid;
  row_key ${table}.${key}%type;
  done bigint := 0;
begin
  loop
    perform pg_catalog.set_config('row_security', 'off', true);
    for row_key in select r.${key} from ${table} r where r.tenant_id is null${topmost} order by r.${key} limit 200 loop
      select tenantry_adopt.register(${idOf(adoption, "r")}, ${sourceOf(relation, "r", "slug")}, ${sourceOf(relation, "r", "name")})
        into id_given from ${table} r where r.${key} = row_key;
      update ${table} r set tenant_id = id_given where r.${key} = row_key and r.tenant_id is null;
      done := done + 1;
    end loop;
    exit when not found;
    raise info '${table.replaceAll("'", "''")}: % registered', done;
    commit;
  end loop;
end`);
  // Whatever the root's tenant_id held before: the registry has to know it.
  const known = dollarQuoted(`begin
  perform pg_catalog.set_config('row_security', 'off', true);
  perform tenantry_adopt.register(r.tenant_id, ${sourceOf(relation, "r", "slug")}, ${sourceOf(relation, "r", "name")})
    from ${table} r where r.tenant_id is not null and not exists (select from tenantry.tenant t where t.id = r.tenant_id);
end`);
  return [
    {
      title: `the rows of ${table} are registered`,
      statements: [
        own,
        ...(parent === undefined ? [] : [descend(table, key, quoted(parent.name))]),
        known,
      ],
      // Tenants stay registered: ids once given are given again, and an archived one hurts nobody.
      undo: [],
    },
  ];
}

function descend(table: string, key: string, parent: string): string {
  return dollarQuoted(`begin
  loop
    perform pg_catalog.set_config('row_security', 'off', true);
    update ${table} child set tenant_id = above.tenant_id from ${table} above
      where above.${key} = child.${parent} and child.tenant_id is null and above.tenant_id is not null;
    exit when not found;
    commit;
  end loop;
end`);
}

function idOf({ rootKey }: Adoption, row: string): string {
  return rootKey.baseType === "uuid" ? `${row}.${quoted(rootKey.name)}` : "tenantry_adopt.new_id()";
}

/** What a tenant's slug or name is made of: the first of the root's columns for it that is filled in. */
function sourceOf(root: Relation, row: string, wanted: "slug" | "name"): string {
  const names =
    wanted === "slug"
      ? ["slug", "subdomain", "handle", "code", "name", "title", "displayname"]
      : ["displayname", "name", "title", "slug"];
  const texts = root.columns.filter((column) => familyOf(column.baseType) === "text");
  const found = names.flatMap((name) =>
    texts.filter((column) => column.name.toLowerCase().replaceAll("_", "") === name),
  );
  if (found.length === 0) return "null::text";
  return `coalesce(${found.map(({ name }) => `nullif(${row}.${quoted(name)}::text, '')`).join(", ")})`;
}
