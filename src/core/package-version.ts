import { readFileSync } from "node:fs";

/** Of this package, as `1.2.3`. */
export function packageVersion(): string {
  // As far from here in src/ as in dist/.
  const text = readFileSync(new URL("../../package.json", import.meta.url), "utf8");
  return (JSON.parse(text) as { version: string }).version;
}
