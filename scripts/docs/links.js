import { existsSync } from "node:fs";
import { dirname, relative, resolve } from "node:path";

/** @typedef {import("./page.js").Page} Page */
/** @typedef {{ path: string, line: number, message: string }} Problem */

/**
 * Follows every link that stays in the repository.
 * @param {readonly Page[]} pages
 * @param {string} root
 * @returns {Problem[]}
 */
export function checkLinks(pages, root) {
  const byPath = new Map(pages.map((page) => [page.path, page]));
  return pages.flatMap((page) =>
    page.links.flatMap(({ target, line }) => {
      const message = isOutside(target) ? undefined : faultOf(target, page, byPath, root);
      return message === undefined ? [] : [{ path: page.path, line, message }];
    }),
  );
}

/** @param {string} target */
function isOutside(target) {
  return /^[a-z][a-z0-9+.-]*:/i.test(target) || target.startsWith("//");
}

/**
 * @param {string} target
 * @param {Page} page
 * @param {ReadonlyMap<string, Page>} byPath
 * @param {string} root
 */
function faultOf(target, page, byPath, root) {
  const [path = "", anchor] = target.split("#", 2);
  const start = path.startsWith("/") ? root : dirname(page.path);
  const file = path === "" ? page.path : resolve(start, `./${decodeURIComponent(path)}`);
  if (relative(root, file).startsWith("..")) return `${target} leads out of the repository`;
  if (!existsSync(file)) return `${target} leads to no file`;
  if (anchor === undefined || !file.endsWith(".md")) return undefined;
  return byPath.get(file)?.anchors.has(decodeURIComponent(anchor)) === true
    ? undefined
    : `${target} leads to no heading`;
}
