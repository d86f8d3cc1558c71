import type { Catalog } from "../catalog/catalog.js";
import { nameOf } from "../catalog/names.js";
import type { Manifest, ManifestTable } from "../manifest/manifest.js";
import { inferTables, type Inference, type InferredTable } from "./infer/index.js";
import { isLookedUpFirst } from "./infer/signs.js";

/** A manifest with every table in it: a person's answers as they were, all others as they were inferred. */
export interface Draft {
  readonly manifest: Manifest;
  readonly inference: Inference;
}

/** @throws {TenantryError} as inferTables() */
export function draftManifest(
  catalog: Catalog,
  root: string,
  existing: Manifest | undefined,
  tenantColumn?: string,
): Draft {
  const answers = existing?.tables ?? {};
  const inference = inferTables(catalog, {
    root,
    answers,
    ...(tenantColumn === undefined ? {} : { tenantColumn }),
  });
  const tables: Record<string, ManifestTable> = {};
  for (const table of inference.tables.values()) {
    // protect() sees to partitions; inheritance children have row security of their own.
    if (table.relation.isPartition) continue;
    const name = nameOf(table.relation);
    const answer = answers[name];
    tables[name] = answer === undefined || answer.class === "unclear" ? entryOf(table) : answer;
  }
  return {
    inference,
    manifest: { suppressions: [], ...existing, version: 1, root: nameOf(inference.root), tables },
  };
}

function entryOf(table: InferredTable): ManifestTable {
  const evidence = table.evidence.map((sentence) => sentence.slice(0, 500)).slice(0, 20);
  if (table.class === "unclear") {
    const question = (table.question ?? "Whose are its rows?").slice(0, 1000);
    const candidates = (table.candidates ?? []).map((each) => each.slice(0, 500)).slice(0, 20);
    return { class: "unclear", question, candidates, evidence };
  }
  if (table.class === "tenant") {
    const keepUnique = keptUniques(table);
    return {
      class: "tenant",
      ...(table.through.length === 0 ? {} : { through: [...table.through] }),
      ...(keepUnique.length === 0 ? {} : { keepUnique }),
      evidence,
    };
  }
  return {
    class: table.class,
    reason: (table.evidence[0] ?? "Nothing leads from it to a tenant.").slice(0, 1000),
    ...(table.written === true ? { access: "write" as const } : {}),
    evidence,
  };
}

function keptUniques({ relation }: InferredTable): string[] {
  return relation.indexes
    .filter(({ unique, primary, columns }) => unique && !primary && columns.length === 1)
    .filter(({ columns }) => isLookedUpFirst(relation, columns))
    .map(({ name }) => name);
}
