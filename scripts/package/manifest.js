import { readFileSync } from "node:fs";
import { join } from "node:path";

/**
 * The parts of package.json that the check reads.
 * @typedef {object} Manifest
 * @property {string} name
 * @property {Record<string, unknown>} exports
 * @property {Record<string, string>} bin
 * @property {Record<string, string>} dependencies
 * @property {Record<string, string>} devDependencies
 */

/**
 * @param {string} folder
 * @returns {Manifest}
 */
export function readManifest(folder) {
  const manifest = JSON.parse(readFileSync(join(folder, "package.json"), "utf8"));
  return { bin: {}, dependencies: {}, devDependencies: {}, ...manifest };
}

/**
 * What a user writes to import each subpath that is a module.
 * @param {Manifest} manifest
 */
export function specifiersOf({ name, exports }) {
  return Object.keys(exports)
    .filter((subpath) => subpath !== "./package.json")
    .map((subpath) => `${name}${subpath.slice(1)}`);
}
