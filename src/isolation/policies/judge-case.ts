import { columnCannotBeNull } from "../catalog/nullable.js";
import type { ClassifiedTable } from "../subject/subject.js";
import type { Atom, ContextValue, Value } from "./atom.js";
import { contextsAmong, Equalities } from "./equalities.js";
import { bindingOf } from "./binding.js";
import type { Case, MeaningKind } from "./meaning.js";
import type { Analysis, Range } from "./range.js";
import { comparesLoosely } from "./tenant-column.js";

/** What one case, a list of what then holds, lets through; undefined where it cannot come. */
export function judge(
  atoms: readonly Atom[],
  table: ClassifiedTable,
  row: Range,
  analysis: Analysis,
): Case | undefined {
  if (atoms.some((atom) => cannotBe(atom, table))) return undefined;
  const equalities = new Equalities(atoms);
  if (equalities.isContradictory()) return undefined;
  const text = textOf(atoms);
  const lossy = lossyComparison(atoms, table, row);
  if (lossy !== undefined) return plainCase("lossy", lossy);
  const binding = bindingOf(equalities, table, row, analysis);
  if (binding !== undefined) {
    const cast = castOnTenant(atoms, table, row);
    return { text, ...binding, ...(cast === undefined ? {} : { cast }) };
  }
  const opaque = atoms.find((atom) => atom.kind === "opaque");
  if (opaque !== undefined) return plainCase("unknown", opaque.text);
  return plainCase(unboundKind(atoms, equalities, table, row), text);
}

/** NULL where NULL cannot be; no scope where having none is an error. */
function cannotBe(atom: Atom, { tenantColumn, relation }: ClassifiedTable): boolean {
  if (atom.kind !== "null") return false;
  const { value } = atom;
  if (value.kind === "context") {
    const raises = /current_setting\('[^']*'\)/.test(value.text);
    return raises || value.sources.some(({ kind }) => kind === "sealed" || kind === "role");
  }
  if (value.kind !== "column" || !value.range.isRow || tenantColumn?.name !== value.name)
    return false;
  return columnCannotBeNull(relation, tenantColumn);
}

function unboundKind(
  atoms: readonly Atom[],
  equalities: Equalities,
  { tenantColumn }: ClassifiedTable,
  row: Range,
): MeaningKind {
  if (atoms.length === 0) return "open";
  if (atoms.some(isSelfComparison)) {
    // `tenant_id = coalesce(setting, tenant_id)`: it opens where there is no setting.
    const others = atoms.filter((atom) => !isSelfComparison(atom));
    return others.length > 0 && others.every(asksForNone) ? "null opens" : "self comparison";
  }
  const isTenant = (value: Value) =>
    value.kind === "column" && value.range === row && value.name === tenantColumn?.name;
  if (atoms.some((atom) => atom.kind === "null" && isTenant(atom.value))) return "shared rows";
  if (tenantColumn !== undefined) {
    const equal = equalities.of(row, tenantColumn.name);
    if (equal.some(({ kind }) => kind === "constant")) return "constant";
  }
  if (atoms.some((atom) => valuesOf(atom).some(isOfRow))) return "loose";
  return rowlessKind(atoms);
}

/** Of a case in which the row does not occur. */
function rowlessKind(atoms: readonly Atom[]): MeaningKind {
  const contexts = atoms.filter((atom) => valuesOf(atom).some(({ kind }) => kind === "context"));
  // Looked up in a table: some users have it, and which these are no catalog tells.
  if (contexts.some((atom) => valuesOf(atom).some(({ kind }) => kind === "column")))
    return "unknown";
  const others = contexts.filter((atom) => !isPresence(atom));
  if (others.length === 0) return "open";
  return others.every(asksForNone) ? "null opens" : "bypass";
}

function asksForNone(atom: Atom): boolean {
  if (!valuesOf(atom).some(({ kind }) => kind === "context")) return false;
  if (atom.kind === "null") return true;
  return (
    atom.kind === "equal" &&
    valuesOf(atom).some((value) => value.kind === "constant" && value.value === "")
  );
}

/** `auth.uid() IS NOT NULL`: holds for whoever is signed in. */
function isPresence(atom: Atom): boolean {
  return atom.kind === "plain" && / IS NOT NULL$/.test(atom.text);
}

function isSelfComparison(atom: Atom): boolean {
  if (atom.kind !== "equal" || atom.left.kind !== "column" || atom.right.kind !== "column")
    return false;
  return atom.left.range === atom.right.range && atom.left.name === atom.right.name;
}

function isOfRow(value: Value): boolean {
  if (value.kind === "column") return value.range.isRow;
  return value.kind === "computed" && value.columns;
}

export function valuesOf(atom: Atom): readonly Value[] {
  switch (atom.kind) {
    case "equal":
      return [atom.left, atom.right];
    case "null":
      return [atom.value];
    case "plain":
      return atom.values;
    case "opaque":
      return [];
  }
}

/** `left(tenant_id, 8) = left(setting, 8)`, or any comparison of a column whose type is loose itself. */
function lossyComparison(
  atoms: readonly Atom[],
  table: ClassifiedTable,
  row: Range,
): string | undefined {
  const exact = atoms.some((atom) =>
    isTenantComparison(atom, table, row, (value) => !loses(value)),
  );
  const isLoose =
    table.tenantColumn !== undefined && comparesLoosely(table.relation, table.tenantColumn);
  if (exact && !isLoose) return undefined;
  return atoms.find((atom) =>
    isTenantComparison(atom, table, row, (value) => isLoose || loses(value)),
  )?.text;
}

/** Whether it compares the tenant with the context, and both, or either, are as `asked`. */
function isTenantComparison(
  atom: Atom,
  { tenantColumn }: ClassifiedTable,
  row: Range,
  asked: (pair: readonly [Value, ContextValue]) => boolean,
): boolean {
  if (atom.kind !== "equal") return false;
  const [context] = contextsAmong([atom.left, atom.right]);
  const column = [atom.left, atom.right].find(
    (value) => value.kind === "column" && value.range === row && value.name === tenantColumn?.name,
  );
  return context !== undefined && column !== undefined && asked([column, context]);
}

function loses(pair: readonly Value[]): boolean {
  return pair.some((value) => "lossy" in value && value.lossy !== undefined);
}

function castOnTenant(
  atoms: readonly Atom[],
  { tenantColumn }: ClassifiedTable,
  row: Range,
): string | undefined {
  let cast: string | undefined;
  for (const atom of atoms) {
    if (atom.kind !== "equal") continue;
    for (const value of [atom.left, atom.right]) {
      if (value.kind !== "column" || value.range !== row || value.name !== tenantColumn?.name)
        continue;
      if (value.cast === undefined) return undefined;
      cast = value.cast;
    }
  }
  return cast;
}

function plainCase(kind: MeaningKind, text: string): Case {
  return { kind, text, contexts: [] };
}

function textOf(atoms: readonly Atom[]): string {
  return [...new Set(atoms.map(({ text }) => text))].join(" AND ") || "true";
}
