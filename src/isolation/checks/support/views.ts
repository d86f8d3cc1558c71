import type { Oid } from "../../catalog/catalog.js";
import { nameOf } from "../../catalog/names.js";
import { isBarrier, isInvoker } from "../../catalog/options.js";
import type { Relation } from "../../catalog/relation.js";
import type { ClassifiedTable, Subject } from "../../subject/subject.js";
import { isBoundQuery } from "../../policies/index.js";
import { usableRows } from "./reach.js";
import { mayRead, unfilteredBecause } from "./row-security.js";

/** A view that the app reaches and that reads with its owner's rights. */
export interface DefinerView {
  readonly view: Relation;
  /** The view by which the app comes to it, where it has no right of its own on this one. */
  readonly through: Relation | undefined;
  /** What the view reads of tenants' rows, and why nothing holds its owner to one tenant. */
  readonly open: readonly { readonly table: Relation; readonly because: string }[];
  /** Tenant tables whose policies hold the owner as well. */
  readonly held: readonly Relation[];
}

/** What a view reads directly. */
export function readsOf(subject: Subject, view: Relation): readonly Relation[] {
  const query = view.rules.find(({ event }) => event === "SELECT");
  return (query?.relations ?? []).flatMap((oid) => subject.catalog.relations.get(oid) ?? []);
}

/** Whether the view's own conditions let through rows of the acting tenant alone. */
export function filtersByTenant(subject: Subject, { definition, owner }: Relation): boolean {
  const role = subject.catalog.roles.get(owner);
  return definition !== null && role !== undefined && isBoundQuery(definition, role, subject);
}

/** The tenant tables below a view or materialized view, at whatever depth. */
export function tenantTablesBelow(subject: Subject, view: Relation): readonly Relation[] {
  const seen = new Set<Oid>([view.oid]);
  const queue = [view];
  for (const next of queue) {
    for (const relation of readsOf(subject, next)) {
      if (seen.has(relation.oid)) continue;
      seen.add(relation.oid);
      queue.push(relation);
    }
  }
  return queue.filter(({ oid }) => subject.tables.get(oid)?.class === "tenant");
}

/**
 * Every view with its owner's rights that the app reaches, itself or below another. A view with its
 * caller's rights is read as if it stood in the statement itself, wherever it is nested.
 */
export function definerViews(subject: Subject): readonly DefinerView[] {
  const views = [...subject.catalog.relations.values()].filter(({ kind }) => kind === "view");
  const reached = new Map<Relation, Relation | undefined>();
  for (const view of views) {
    const ways = usableRows(subject, view, ["SELECT", "INSERT", "UPDATE", "DELETE"]);
    if (ways.length > 0 && !isInvoker(view)) reached.set(view, undefined);
  }
  for (const [view] of reached) {
    // What it shows of the views below is one tenant's.
    if (isBarrier(view) && filtersByTenant(subject, view)) continue;
    for (const below of readsOf(subject, view)) {
      if (below.kind !== "view" || isInvoker(below) || reached.has(below)) continue;
      if (mayRead(subject, below, view.owner)) reached.set(below, view);
    }
  }
  return [...reached].map(([view, through]) => ({ view, through, ...judge(subject, view) }));
}

function judge(subject: Subject, view: Relation): Pick<DefinerView, "open" | "held"> {
  const open: { table: Relation; because: string }[] = [];
  const held: Relation[] = [];
  for (const table of readsOf(subject, view)) {
    if (!mayRead(subject, table, view.owner)) continue;
    const because = reasonOf(subject, view, table);
    if (because === "held") held.push(table);
    else if (because !== undefined) open.push({ table, because });
  }
  return { open, held };
}

function reasonOf(subject: Subject, view: Relation, table: Relation): string | undefined {
  if (table.kind === "materialized view") {
    return tenantTablesBelow(subject, table).length > 0
      ? `${nameOf(table)} is materialized`
      : undefined;
  }
  const classified: ClassifiedTable | undefined = subject.tables.get(table.oid);
  if (classified?.class !== "tenant") return undefined;
  const because = unfilteredBecause(subject, classified, view.owner);
  // Where the app reads the bare table as well, the view shows nothing more.
  if (!table.rowSecurity && usableRows(subject, table, ["SELECT"]).length > 0) return undefined;
  return because ?? "held";
}
