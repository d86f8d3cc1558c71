import { readFileSync, writeFileSync } from "node:fs";
import { TenantryError } from "../../core/tenantry-error.js";
import { manifestSchema, type Manifest } from "./manifest.js";

const largest = 5_000_000;

/**
 * Reads a manifest. Synchronously, because linters can do no other.
 * @throws {TenantryError} `MANIFEST_INVALID`, with every problem and where it stands
 */
export function readManifest(file: string): Manifest {
  const text = textOf(file);
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw invalid(file, [(error as Error).message]);
  }
  const parsed = manifestSchema.safeParse(value);
  if (parsed.success) return parsed.data;
  throw invalid(
    file,
    parsed.error.issues.map(({ path, message }) => `${path.join(".") || "the file"}: ${message}`),
  );
}

/** Writes it so that people can read and edit it: tables in the order of their names. */
export function writeManifest(file: string, manifest: Manifest): void {
  const names = Object.keys(manifest.tables).sort();
  const tables = Object.fromEntries(names.map((name) => [name, manifest.tables[name]]));
  writeFileSync(file, `${JSON.stringify({ ...manifest, tables }, null, 2)}\n`);
}

function textOf(file: string): string {
  let text: string;
  try {
    text = readFileSync(file, "utf8");
  } catch (error) {
    throw invalid(file, [(error as Error).message]);
  }
  if (text.length > largest) throw invalid(file, [`it is larger than ${largest} characters`]);
  return text;
}

function invalid(file: string, problems: readonly string[]): TenantryError {
  return new TenantryError("MANIFEST_INVALID", {
    message: `The manifest ${file} cannot be used: ${problems.slice(0, 10).join("; ")}.`,
    fix: "Mend these places; docs/adopt.md describes the file, and `tenantry adopt` writes one.",
  });
}
