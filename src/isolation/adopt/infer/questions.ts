import type { Oid } from "../../catalog/catalog.js";
import { nameOf } from "../../catalog/names.js";
import type { Relation } from "../../catalog/relation.js";
import type { InferredTable, Placed } from "./inference.js";
import { evidenceOf, textOf, typesAgree, type Link } from "./link.js";
import {
  arrayTarget,
  idArrays,
  isLookup,
  isMeetingPlace,
  isPeople,
  isSignIn,
  polymorphicPairs,
} from "./signs.js";
import { inOrder, linksTo, type Ground } from "./spread.js";
import { keyColumnOf } from "./tables.js";

type Placements = ReadonlyMap<Oid, Placed>;
export type Asked = Omit<InferredTable, "relation" | "class" | "way" | "through">;

/** Whether a table that has a certain way to its tenant may have a second, to another. */
export function disagreement(
  ground: Ground,
  table: Relation,
  placed: Placements,
  root: Relation,
): Asked | undefined {
  const links = inOrder(
    linksTo(ground, table, placed).filter(({ nullable }) => !nullable),
    placed,
  );
  const toRoot = links.filter(({ target }) => target.oid === root.oid);
  const rivals =
    toRoot.length > 1 ? toRoot : links.length > 1 && isMeetingPlace(table) ? links : [];
  if (rivals.length < 2) return undefined;
  return {
    question: `A row of ${nameOf(table)} can have to do with two tenants: ${rivals.map(textOf).join("; ")}. Whose is it?`,
    candidates: rivals.map((link) => throughCandidate(link)),
    evidence: rivals.map(evidenceOf),
  };
}

/** What only a person can say of a table that has no certain way to a tenant. */
export function questionOf(
  ground: Ground,
  table: Relation,
  placed: Placements,
  unclear: { has(oid: Oid): boolean },
): Asked | undefined {
  return (
    ownership(ground, table, placed) ??
    succession(ground, table, unclear) ??
    polymorphic(table, ground, placed) ??
    arrays(table, ground, placed) ??
    reached(ground, table, placed)
  );
}

/** Ways to a tenant that some rows do not have. */
function ownership(ground: Ground, table: Relation, placed: Placements): Asked | undefined {
  const ways = inOrder(linksTo(ground, table, placed), placed);
  const owning = ways.filter(({ pointer }) => !pointer);
  if (owning.length === 0 && (ways.length === 0 || isPeople(table) || isSignIn(table)))
    return undefined;
  const asked = owning.length === 0 ? ways : owning;
  const people = (ground.outgoing.get(table.oid) ?? []).filter(
    ({ target, columns }) => isPeople(target) && !placed.has(target.oid) && columns.length === 1,
  );
  const owner = people.find((link) => isOwner(link));
  const names = asked.map(textOf).join("; ");
  const question =
    owner === undefined
      ? `Some rows of ${nameOf(table)} may belong to no tenant: ${names} may be null. Whose are those rows?`
      : `A row of ${nameOf(table)} belongs to a tenant (${names}) or to a person (${textOf(owner)}). Do the rows of people belong to a tenant too, and to which?`;
  return {
    question,
    candidates: [
      throughCandidate(...asked),
      ...(asked.length > 1 ? asked.map((link) => throughCandidate(link)) : []),
      "global: all tenants may read every row",
    ],
    evidence: [...asked, ...(owner === undefined ? [] : [owner])].map(evidenceOf),
  };
}

function isOwner({ table, columns }: Link): boolean {
  const name = table.columns.find(({ number }) => number === columns[0])?.name ?? "";
  return /^(user|owner|author|person|profile|account)_?(user)?_?id$/i.test(name);
}

/** It belongs to a row of a table that is itself in question. */
function succession(
  ground: Ground,
  table: Relation,
  unclear: { has(oid: Oid): boolean },
): Asked | undefined {
  const link = linksTo(ground, table, unclear).find(
    ({ nullable, pointer }) => !nullable && !pointer,
  );
  if (link === undefined) return undefined;
  return {
    question: `It goes where ${nameOf(link.target)} goes: answer that one, then run adopt again.`,
    candidates: [throughCandidate(link)],
    evidence: [evidenceOf(link)],
  };
}

function polymorphic(table: Relation, ground: Ground, placed: Placements): Asked | undefined {
  const [pair] = polymorphicPairs(table);
  if (pair === undefined || isSignIn(table)) return undefined;
  const labels = pair.type.labels ?? [];
  const known = labels.length === 0 ? "" : ` (${labels.join(", ")})`;
  const some = ground.tables
    .filter((target) => {
      const key = placed.has(target.oid) ? keyColumnOf(target) : undefined;
      return key?.name === "id" && typesAgree(key, pair.id);
    })
    .slice(0, 5);
  return {
    question: `${pair.id.name} of ${nameOf(table)} names a row of whatever table ${pair.type.name}${known} says, so no foreign key tells its tenant. Whose are its rows?`,
    candidates: [
      "tenant: add a column tenant_id, fill it in, and name it as `column`",
      ...some.map(
        (target) =>
          `tenant, through ["${pair.id.name} -> ${nameOf(target)}.id"] and others like it`,
      ),
      "operator: only operators reach it",
    ],
    evidence: [`${pair.type.name} and ${pair.id.name} are a polymorphic pair.`],
  };
}

function arrays(table: Relation, ground: Ground, placed: Placements): Asked | undefined {
  const found = idArrays(table).flatMap((array) => {
    const target = arrayTarget(array, ground.tables);
    return target !== undefined && placed.has(target.oid) ? [{ array, target }] : [];
  });
  const [first] = found;
  if (first === undefined) return undefined;
  const { column } = first.array;
  return {
    question: `${column.name} of ${nameOf(table)} holds ids of ${nameOf(first.target)}, which may be of several tenants. Whose are its rows?`,
    candidates: [
      `tenant, through ["${column.name}[1] -> ${nameOf(first.target)}.id"]: the first id decides`,
      "global: all tenants may read every row",
    ],
    evidence: [`${column.name} (${column.type}) bears the name of ${nameOf(first.target)}.`],
  };
}

/** Rows of tenants point to it, several to one: it is a list for all, or rows that somebody owns. */
function reached(ground: Ground, table: Relation, placed: Placements): Asked | undefined {
  const pointing = (ground.incoming.get(table.oid) ?? []).filter(
    (link) => placed.has(link.table.oid) && link.known === "key",
  );
  if (pointing.length === 0 || isLookup(table)) return undefined;
  if (isSignIn(table) || (isPeople(table) && !pointing.some(({ unique }) => unique)))
    return undefined;
  const from = pointing.map((link) => nameOf(link.table));
  const above = pointing.find((link) => placed.get(link.table.oid)?.way === "root");
  if (above !== undefined && !above.unique) return standsAbove(table, above);
  return {
    question: `Tables of tenants point to ${nameOf(table)} (${from.join(", ")}), and it says itself of no row whose it is. Is it one list for all, or is each row one tenant's?`,
    candidates: [
      "global: all tenants may read every row",
      ...pointing.slice(0, 5).map((link) => `tenant, through ["${inverse(link)}"]`),
    ],
    evidence: pointing.map((link) => `${nameOf(link.table)}: ${evidenceOf(link)}`),
  };
}

/** What tenants themselves hang on: a project of several environments, a group of companies. */
function standsAbove(table: Relation, link: Link): Asked {
  const name = nameOf(table);
  return {
    question: `The tenants themselves point to ${name} (${textOf(link)}), and several may point to one row: it stands above them. May every tenant read all of its rows? Or is a row of ${name} the tenant, and not one of ${nameOf(link.table)}?`,
    candidates: [
      "global: all tenants may read every row",
      "operator: only operators reach it",
      `another root: begin anew with --root ${name}`,
    ],
    evidence: [`${nameOf(link.table)}: ${evidenceOf(link)}`],
  };
}

/** Nothing leads from it to a tenant, and it does not look like a list for all. To be asked last. */
export function apart(ground: Ground, table: Relation): Asked | undefined {
  if (isPeople(table) || isSignIn(table) || isLookup(table)) return undefined;
  const name = nameOf(table);
  const owner = (ground.outgoing.get(table.oid) ?? []).find(({ target }) => isPeople(target));
  const question =
    owner === undefined
      ? `Nothing leads from ${name} to a tenant, neither a key nor a name, and it does not look like a list. May every tenant read all of its rows?`
      : `A row of ${name} is a person's (${textOf(owner)}), who may belong to several tenants. May every tenant read all of its rows?`;
  return {
    question,
    candidates: [
      "global: all tenants may read every row",
      "global with access write: they may write them, too",
      "operator: only operators reach it",
      "tenant: add a column that leads to the tenant, and run adopt again",
    ],
    evidence: owner === undefined ? ["Nothing leads from it to a tenant."] : [evidenceOf(owner)],
  };
}

function inverse(link: Link): string {
  const column = link.target.columns.find(({ number }) => number === link.targetColumns[0]);
  const from = link.table.columns.find(({ number }) => number === link.columns[0]);
  return `${column?.name ?? ""} <- ${nameOf(link.table)}.${from?.name ?? ""}`;
}

/** Of several, the first that leads somewhere decides. */
function throughCandidate(...links: readonly Link[]): string {
  return `tenant, through ${JSON.stringify(links.map(textOf))}`;
}
