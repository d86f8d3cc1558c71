// Checks the documentation: every ```ts block type-checks, and every link that stays in the
// repository leads somewhere. `node scripts/check-docs.js [folder]`, by default the repository.
//
// A block is a module of its own. What it needs and does not show stands in a comment right above
// it, which readers do not see: `<!-- ts`, the declarations on lines of their own, `-->`.
import { readdirSync } from "node:fs";
import { join, relative, resolve } from "node:path";
import process from "node:process";
import { checkLinks } from "./docs/links.js";
import { readPage } from "./docs/page.js";
import { typeCheckBlocks } from "./docs/type-check.js";

const repository = resolve(import.meta.dirname, "..");
const root = resolve(process.argv[2] ?? repository);

const pages = markdownFiles(root).map(readPage);
const problems = [...checkLinks(pages, root), ...typeCheckBlocks(pages, repository)];
for (const { path, line, message } of problems) {
  console.error(`${relative(root, path)}:${line}  ${message}`);
}
const blocks = pages.reduce((sum, page) => sum + page.blocks.length, 0);
const links = pages.reduce((sum, page) => sum + page.links.length, 0);
console.log(
  `docs: ${pages.length} pages, ${blocks} ts blocks, ${links} links, ${problems.length} problems`,
);
process.exitCode = problems.length === 0 ? 0 : 1;

/**
 * @param {string} folder
 * @returns {string[]}
 */
function markdownFiles(folder) {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) return isSkipped(entry.name) ? [] : markdownFiles(path);
    return entry.name.endsWith(".md") ? [path] : [];
  });
}

/** @param {string} name */
function isSkipped(name) {
  return name.startsWith(".") || name === "node_modules" || name === "dist";
}
