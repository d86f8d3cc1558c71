import type { Catalog, Oid } from "../catalog/catalog.js";
import { nameOf } from "../catalog/names.js";
import type { Relation } from "../catalog/relation.js";
import type { Subject } from "../subject/subject.js";
import { functionsCalledBy } from "./objects/helpers.js";
import { mentions } from "./objects/reactions.js";
import { fits } from "./options.js";

/**
 * The subject with the tables alone that a proof of some needs rows in: those, what they refer to and
 * are referred to by, and whatever their policies, triggers, views and functions read.
 * @param only of the options; all tables where it is left out
 */
export function withTablesToSeed(subject: Subject, only: string | undefined): Subject {
  if (only === undefined) return subject;
  const { catalog, tables, root } = subject;
  const all = [...tables.values()].map(({ relation }) => relation);
  const tried = all.filter((relation) => fits(only, nameOf(relation)));
  const needed = new Set<Oid>(root === undefined ? [] : [root.oid]);
  let added = [
    ...tried,
    ...all.filter((each) => parentsOf(each).some((oid) => includes(tried, oid))),
  ];
  const definers = [...catalog.functions.values()].filter(
    ({ securityDefiner, schema }) => securityDefiner && schema !== "tenantry",
  );
  let text = definers.map(({ source }) => source).join("\n");
  for (;;) {
    for (const { oid } of added) needed.add(oid);
    text += textOf(catalog, added);
    const next = all.filter(
      (each) => !needed.has(each.oid) && (isNear(all, needed, each) || mentions(text, each.name)),
    );
    if (next.length === 0) break;
    added = next;
  }
  return { ...subject, tables: new Map([...tables].filter(([oid]) => needed.has(oid))) };
}

const includes = (relations: readonly Relation[], oid: Oid) =>
  relations.some((each) => each.oid === oid);

const parentsOf = ({ constraints, parents }: Relation): readonly Oid[] => [
  ...constraints.flatMap(({ references }) => references?.relation ?? []),
  ...parents,
];

/** What a needed table refers to, or is a part of; and its parts. */
function isNear(all: readonly Relation[], needed: ReadonlySet<Oid>, table: Relation): boolean {
  return (
    table.parents.some((parent) => needed.has(parent)) ||
    all.some((each) => needed.has(each.oid) && parentsOf(each).includes(table.oid))
  );
}

/** Whatever runs when the tables are read or written, as SQL. */
function textOf(catalog: Catalog, relations: readonly Relation[]): string {
  const oids = new Set(relations.map(({ oid }) => oid));
  const views = [...catalog.relations.values()].filter(
    ({ kind, rules }) =>
      kind.endsWith("view") && rules.some((rule) => rule.relations.some((oid) => oids.has(oid))),
  );
  const texts = [
    ...views.map(({ definition }) => definition ?? ""),
    ...relations.flatMap(({ policies, rules, columns, constraints, triggers }) => [
      ...policies.flatMap(({ using, check }) => [using ?? "", check ?? ""]),
      ...rules.map(({ definition }) => definition),
      ...columns.map((column) => column.default ?? ""),
      ...constraints.map(({ definition }) => definition),
      ...triggers.flatMap((trigger) => catalog.functions.get(trigger.function)?.source ?? []),
    ]),
  ];
  const called = functionsCalledBy(catalog, texts).map(({ source }) => source);
  return [...texts, ...called].join("\n");
}
