import { columnNames, nameOf, quoted } from "../../catalog/names.js";
import type { Relation } from "../../catalog/relation.js";
import type { ClassifiedTable } from "../../subject/subject.js";
import type { AllRights } from "../rights.js";
import type { Target } from "../target.js";
import type { Ground, Mutant, SharedMutant, Site, TableMutant, ViewMutant } from "./mutant.js";

/** One place where a mutant can be tried. */
export interface Place {
  /** As `public.projects`. */
  readonly name: string;
  readonly statements: readonly string[];
  /** What is asked afterwards: a tenant table, a table that is no tenant's, or what is beside them. */
  readonly table: ClassifiedTable | undefined;
}

export interface Places {
  readonly ground: Ground;
  readonly targets: readonly Target[];
  readonly rights: AllRights;
  /** What is open there as it is: a mutant would change nothing. */
  readonly isOpen: (name: string, mutant: Mutant) => boolean;
}

/** Where the mutant can be tried, the best place first. */
export function placesFor(mutant: Mutant, places: Places): readonly Place[] {
  return all(mutant, places).filter(({ name }) => !places.isOpen(name, mutant));
}

function all(mutant: Mutant, places: Places): readonly Place[] {
  switch (mutant.on) {
    case "view":
      return viewPlaces(mutant, places);
    case "global table":
    case "operator table":
      return sharedPlaces(mutant, places);
    default:
      return tablePlaces(mutant, places);
  }
}

function viewPlaces(mutant: ViewMutant, places: Places): readonly Place[] {
  const { ground } = places;
  return viewsOf(places).map((view) => ({
    name: nameOf(view),
    statements: mutant.sql(ground, view),
    table: ground.subject.tables.get(baseOf(places, view)?.relation.oid ?? 0),
  }));
}

/** Tenantry's own tables hold no tenant's data and are not judged. */
function sharedPlaces({ on, sql }: SharedMutant, { ground }: Places): readonly Place[] {
  return [...ground.subject.tables.values()]
    .filter((table) => `${table.class} table` === on && table.relation.schema !== "tenantry")
    .map((table) => ({ name: nameOf(table.relation), statements: sql(ground, table), table }));
}

function tablePlaces({ on, fits, sql }: TableMutant, places: Places): readonly Place[] {
  return sitesOf(places, on)
    .filter((site) => fits?.(site) ?? true)
    .map((site) => ({
      name: site.target.name,
      statements: sql(site),
      table: places.ground.subject.tables.get(site.target.relation.oid),
    }));
}

function sitesOf({ ground, targets }: Places, on: string): readonly Site[] {
  return targets
    .filter((target) => kindOf(target.relation) === on && (on === "partition" || isUsed(target)))
    .flatMap((target) => {
      const { tenantColumn, own, foreign, sql } = target;
      if (tenantColumn === undefined || !own.canary || !foreign.canary) return [];
      const canary = quoted(own.canary.column);
      return [{ ...ground, target, sql, tenant: quoted(tenantColumn), canary }];
    })
    .sort((one, other) => weight(one.target) - weight(other.target));
}

function kindOf({ kind, isPartition }: Relation): string {
  return isPartition && kind === "table" ? "partition" : kind;
}

/** A write can only be let through where the application may write at all. */
function isUsed({ rights }: Target): boolean {
  return rights.select && rights.insert && rights.update && rights.delete;
}

/** Small tables are quick; a canary that stands in a key gets into the way of other probes. */
function weight({ relation, own }: Target): number {
  const inKeys = relation.indexes
    .filter(({ unique }) => unique)
    .flatMap(({ columns }) => columnNames(relation, columns));
  return relation.columns.length + (inKeys.includes(own.canary!.column) ? 1000 : 0);
}

/** Views with the caller's rights that read a tenant's table themselves. */
function viewsOf(places: Places): readonly Relation[] {
  return [...places.ground.subject.catalog.relations.values()].filter(
    (view) =>
      view.kind === "view" &&
      view.definition !== null &&
      view.options.some((option) => /^security_invoker=(true|on|yes|1)$/i.test(option)) &&
      places.rights(view.oid).select &&
      baseOf(places, view) !== undefined,
  );
}

function baseOf({ targets }: Places, { rules }: Relation): Target | undefined {
  const bases = new Set(rules.flatMap(({ relations }) => relations));
  return targets.find(({ relation }) => bases.has(relation.oid));
}
