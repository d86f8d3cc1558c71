import { readFile, rename, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { Problem } from "../problem.js";

const fileOf = (directory: string) => join(directory, "tracker-tenants.json");

/** Kept for `npm run token`, which has no database. */
export async function writeTenantIds(
  directory: string,
  ids: ReadonlyMap<string, string>,
): Promise<void> {
  const path = fileOf(directory);
  const draft = `${path}.${process.pid}.new`;
  await writeFile(draft, JSON.stringify(Object.fromEntries(ids)), { mode: 0o600 });
  await rename(draft, path);
}

/** @throws {Problem} */
export async function readTenantId(directory: string, slug: string): Promise<string> {
  const text = await readFile(fileOf(directory), "utf8").catch(() => {
    throw new Problem("Start the tracker once with `npm start`: then its tenants are known.");
  });
  const ids = JSON.parse(text) as Record<string, string>;
  const id = Object.hasOwn(ids, slug) ? ids[slug] : undefined;
  if (id !== undefined) return id;
  throw new Problem(
    `No tenant ${JSON.stringify(slug)}; there are: ${Object.keys(ids).join(", ")}.`,
  );
}
