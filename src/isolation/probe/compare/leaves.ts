/** Every value of a JSON document by where it stands, as `data.0.name`. Bounded in depth and number. */
export function leavesOf(value: unknown): ReadonlyMap<string, string> {
  const leaves = new Map<string, string>();
  walk(value, [], leaves);
  return leaves;
}

const most = 5000;
const deepest = 12;

function walk(value: unknown, path: readonly string[], leaves: Map<string, string>): void {
  if (leaves.size >= most) return;
  if (typeof value !== "object" || value === null || path.length >= deepest) {
    leaves.set(path.join("."), JSON.stringify(value) ?? "undefined");
    return;
  }
  const entries = Object.entries(value);
  if (entries.length === 0) leaves.set(path.join("."), Array.isArray(value) ? "[]" : "{}");
  for (const [name, each] of entries) walk(each, [...path, name], leaves);
}

/** Where two documents differ. */
export function differingPaths(
  a: ReadonlyMap<string, string>,
  b: ReadonlyMap<string, string>,
): readonly string[] {
  const paths = new Set([...a.keys(), ...b.keys()]);
  return [...paths].filter((path) => a.get(path) !== b.get(path));
}
