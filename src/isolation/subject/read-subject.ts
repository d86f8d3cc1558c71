import type { Catalog } from "../catalog/catalog.js";
import { readCatalog } from "../catalog/read-catalog.js";
import type { Reader } from "../catalog/reader.js";
import type { Manifest } from "../manifest/manifest.js";
import { saidOfWritten } from "../manifest/written.js";
import { chooseAppRoles } from "./app-roles.js";
import { classify } from "./classify.js";
import { chooseContext } from "./context.js";
import { readManifestTable } from "./manifest-table.js";
import { findRoot } from "./root.js";
import type { Subject, SubjectOptions } from "./subject.js";
import { concludeRoot } from "./conclude-root.js";
import { chooseTenantColumns } from "./tenant-columns.js";

/**
 * What is to be judged, from a connection outside of a transaction.
 * @throws {TenantryError} `PROOF_IMPOSSIBLE` where an option names what is not there
 */
export async function readSubject(
  client: Reader,
  options: SubjectOptions,
  manifest?: Manifest,
): Promise<Subject> {
  const catalog = await readCatalog(client);
  return subjectOf(catalog, await readManifestTable(client, catalog), options, manifest);
}

/**
 * The same from what was read. What the caller says outranks the manifest file, which outranks
 * Tenantry's own manifest in the database, which outranks what can be concluded.
 */
export function subjectOf(
  catalog: Catalog,
  classes: ReadonlyMap<number, "tenant" | "global" | "operator">,
  options: SubjectOptions,
  manifest?: Manifest,
): Subject {
  const assumptions: string[] = [];
  const assume = (sentence: string) => void assumptions.push(sentence);
  const said = findRoot(catalog, options.root ?? manifest?.root);
  const context = chooseContext(catalog, options, manifest, assume);
  const columns = chooseTenantColumns(catalog, options, manifest, said, assume);
  const root = said ?? concludeRoot(catalog, columns, assume);
  const tables = classify({
    catalog,
    classes,
    root,
    columns,
    assume,
    ...(manifest ? { manifest } : {}),
  });
  const appRoles = chooseAppRoles(catalog, tables, options, manifest, assume);
  const written = manifest && saidOfWritten(manifest);
  if (written !== undefined) assume(written);
  return { catalog, appRoles, root, context, tables, assumptions };
}

/** Takes a sentence for the report's assumptions. */
export type Assume = (sentence: string) => void;
