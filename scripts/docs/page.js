import { readFileSync } from "node:fs";
import GithubSlugger from "github-slugger";
import { fromMarkdown } from "mdast-util-from-markdown";
import { toString } from "mdast-util-to-string";
import { visit } from "unist-util-visit";

/**
 * @typedef {object} Block  one ```ts or ```tsx block
 * @property {string} code
 * @property {"ts" | "tsx"} language
 * @property {number} line  the line of the block's first line of code, from 1
 * @property {string} prelude  what a `<!-- ts … -->` comment right above it declares
 */

/**
 * @typedef {object} Link
 * @property {string} target
 * @property {number} line
 */

/**
 * @typedef {object} Page
 * @property {string} path
 * @property {readonly Block[]} blocks
 * @property {readonly Link[]} links
 * @property {ReadonlySet<string>} anchors
 */

/**
 * @param {string} path
 * @returns {Page}
 */
export function readPage(path) {
  const tree = fromMarkdown(readFileSync(path, "utf8"));
  return { path, blocks: blocksOf(tree), links: linksOf(tree), anchors: anchorsOf(tree) };
}

/** @param {import("mdast").Root} tree */
function blocksOf(tree) {
  /** @type {Block[]} */
  const blocks = [];
  visit(tree, "code", (node, index, parent) => {
    const language = node.lang === "typescript" ? "ts" : node.lang;
    if (language !== "ts" && language !== "tsx") return;
    const above = index === undefined ? undefined : parent?.children[index - 1];
    blocks.push({
      code: node.value,
      language,
      line: (node.position?.start.line ?? 0) + 1,
      prelude: above?.type === "html" ? preludeOf(above.value) : "",
    });
  });
  return blocks;
}

/** @param {string} html */
function preludeOf(html) {
  return /^<!-- ts\n(.*)-->$/s.exec(html)?.[1] ?? "";
}

/** @param {import("mdast").Root} tree */
function linksOf(tree) {
  /** @type {Link[]} */
  const links = [];
  visit(tree, (node) => {
    if (node.type !== "link" && node.type !== "image" && node.type !== "definition") return;
    links.push({ target: node.url, line: node.position?.start.line ?? 0 });
  });
  return links;
}

/** @param {import("mdast").Root} tree */
function anchorsOf(tree) {
  const slugger = new GithubSlugger();
  /** @type {Set<string>} */
  const anchors = new Set();
  visit(tree, (node) => {
    if (node.type === "heading") anchors.add(slugger.slug(toString(node)));
    if (node.type !== "html") return;
    for (const [, id] of node.value.matchAll(/\b(?:id|name)="([^"]+)"/g)) anchors.add(id ?? "");
  });
  return anchors;
}
