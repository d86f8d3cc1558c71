import { literal, quoted, sqlName } from "../../catalog/names.js";
import type { Index, Relation } from "../../catalog/relation.js";
import type { AdoptedTable } from "../adoption.js";
import { dollarQuoted, shortName } from "./sql.js";
import type { Building, Statement } from "./step.js";

/** The definition of an index made into that of its like, under another name. */
export function indexLike(
  definition: string,
  on: Relation,
  name: string,
  withTenant: boolean,
  how: string,
): string {
  const parts = /^CREATE (UNIQUE )?INDEX .+? ON (?:ONLY )?.+? USING (\w+) \(/.exec(definition);
  if (parts === null) throw new Error(`unreadable index definition: ${definition}`);
  const [whole, unique = "", method] = parts;
  const rest = definition.slice(whole.length);
  return `create ${unique.toLowerCase()}index ${how} ${quoted(name)} on ${sqlName(on)} using ${method!} (${withTenant ? "tenant_id, " : ""}${rest}`;
}

/** What an interrupted CONCURRENTLY leaves behind is invalid, and in the way of the next. */
function dropInvalid(schema: string, name: string): string {
  const where = `relnamespace = ${literal(quoted(schema))}::regnamespace and relname = ${literal(name)}`;
  return dollarQuoted(`begin
  if exists (select from pg_catalog.pg_class c join pg_catalog.pg_index i on i.indexrelid = c.oid where ${where} and c.relkind = 'i' and not i.indisvalid) then
    drop index ${quoted(schema)}.${quoted(name)};
  end if;
end`);
}

export function buildIndex(
  relation: Relation,
  definition: string,
  name: string,
  withTenant: boolean,
): Building {
  const how = "concurrently if not exists";
  return concurrently(relation, name, indexLike(definition, relation, name, withTenant, how));
}

export function concurrently({ schema }: Relation, name: string, build: string): Building {
  return { build, clear: dropInvalid(schema, name) };
}

export function partitionIndexName(leaf: Relation, name: string): string {
  return shortName(leaf.name, `${name.slice(0, 20)}_part`);
}

/** Concurrently on each leaf; the parent's then finds them and takes no time. */
export function buildPartitionedIndex(
  { relation, partitions }: AdoptedTable,
  old: Index,
  name: string,
  withTenant: boolean,
): readonly Statement[] {
  const leaves = partitions.filter(({ kind }) => kind === "table");
  return [
    ...leaves.map((leaf) =>
      buildIndex(leaf, old.definition, partitionIndexName(leaf, name), withTenant),
    ),
    indexLike(old.definition, relation, name, withTenant, "if not exists"),
  ];
}
