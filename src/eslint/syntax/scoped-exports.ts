import { readFileSync, statSync } from "node:fs";
import { dirname, resolve } from "node:path";

interface Imported {
  readonly module: string;
  readonly name: string;
}

const endings = ["", ".ts", ".tsx", ".mts", ".js", ".mjs", "/index.ts", "/index.js"];
const cached = new Map<string, { readonly changed: number; readonly text: string }>();

/**
 * Whether a module of the project exports something scoped under this name: what createTenantry()
 * made, its `db`, or what `scoped` names. The module is read as text, one step deep.
 */
export function isScopedExport(
  { module, name }: Imported,
  importer: string,
  scoped: readonly string[],
): boolean {
  if (!module.startsWith(".")) return false;
  const text = textOf(resolve(dirname(importer), module));
  return text !== undefined && exportsOf(text, scoped).has(name);
}

/** A `.js` in an import may be a `.ts` on the disk. */
function textOf(path: string): string | undefined {
  const bare = path.replace(/\.([cm]?)js$/, "");
  for (const file of [path, ...endings.map((ending) => bare + ending)]) {
    const stat = statSync(file, { throwIfNoEntry: false });
    if (stat?.isFile() !== true || stat.size > 1 << 20) continue;
    const before = cached.get(file);
    if (before?.changed === stat.mtimeMs) return before.text;
    const text = readFileSync(file, "utf8");
    cached.set(file, { changed: stat.mtimeMs, text });
    return text;
  }
  return undefined;
}

const declaration =
  /^[ \t]*(export\s+)?const\s+(?:(\w+)\s*(?::[^=]+)?|\{([^}]*)\}\s*)=\s*(?:await\s+)?([\w.]+)/gm;

function exportsOf(text: string, scoped: readonly string[]): ReadonlySet<string> {
  const made = new Set(scoped.map((each) => each.split(".")[0]!));
  const exported = new Set<string>();
  const isMade = (path: string) => path === "createTenantry" || made.has(path.replace(/\.db$/, ""));
  for (const [, isExported, name, fields, path = ""] of text.matchAll(declaration)) {
    if (!isMade(path)) continue;
    for (const each of name === undefined
      ? namesIn(fields ?? "", ":")
      : [{ from: "db", to: name }]) {
      if (each.from !== "db") continue;
      made.add(each.to);
      if (isExported !== undefined) exported.add(each.to);
    }
  }
  for (const [, list = ""] of text.matchAll(/^[ \t]*export\s*\{([^}]*)\}(?!\s*from)/gm)) {
    for (const { from, to } of namesIn(list, " as ")) if (isMade(from)) exported.add(to);
  }
  const [, whole] = /^[ \t]*export\s+default\s+(?:await\s+)?([\w.]+)/m.exec(text) ?? [];
  if (whole !== undefined && isMade(whole)) exported.add("default");
  return exported;
}

/** `a, b as c`, or with `:` between. */
function namesIn(list: string, between: string): { readonly from: string; readonly to: string }[] {
  return list.split(",").flatMap((each) => {
    const [from = "", to = from] = each.split(between).map((name) => name.trim());
    return from === "" ? [] : [{ from, to }];
  });
}
