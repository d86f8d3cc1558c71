import { existsSync } from "node:fs";
import { join } from "node:path";

/**
 * None of the tools and frameworks that the repository itself uses came along; with one of them
 * there, the checks of imports and types would prove nothing.
 * @param {string} consumer
 * @param {import("./manifest.js").Manifest} manifest
 * @returns {string[]}
 */
export function checkInstalled(consumer, { name: own, devDependencies }) {
  const places = [consumer, join(consumer, "node_modules", own)];
  return Object.keys(devDependencies)
    .filter((name) => places.some((place) => existsSync(join(place, "node_modules", name))))
    .map((name) => `installing the package brings ${name}, a devDependency`);
}
