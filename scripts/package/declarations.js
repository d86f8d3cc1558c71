import { readFileSync } from "node:fs";
import { join } from "node:path";
import ts from "typescript";

/** @typedef {import("./manifest.js").Manifest} Manifest */

/**
 * A .d.ts may name only what every user has types for: Node, and the runtime dependencies that
 * bring their own.
 * @param {string} folder  where the package is installed
 * @param {readonly string[]} files
 * @param {Manifest} manifest
 * @returns {string[]}
 */
export function checkDeclarations(folder, files, { dependencies, devDependencies }) {
  const typed = Object.keys(dependencies).filter((name) => !(`@types/${name}` in devDependencies));
  return files
    .filter((file) => file.endsWith(".d.ts"))
    .flatMap((file) =>
      importedBy(readFileSync(join(folder, file), "utf8"))
        .filter((name) => !/^(\.|node:)/.test(name))
        .filter((name) => !typed.some((known) => name === known || name.startsWith(`${known}/`)))
        .map((name) => `${file} imports types from ${name}, which a user need not have`),
    );
}

/** @param {string} source */
function importedBy(source) {
  const { importedFiles, typeReferenceDirectives } = ts.preProcessFile(source, true, true);
  const references = typeReferenceDirectives.filter(({ fileName }) => fileName !== "node");
  return [...importedFiles, ...references].map(({ fileName }) => fileName);
}
