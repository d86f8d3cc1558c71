import { existsSync } from "node:fs";
import { join } from "node:path";

const wanted = [
  /^dist\/.+\.(js|d\.ts)$/,
  /^migrations\/\d{6}_[a-z_]+\.sql$/,
  /^(README\.md|LICENSE|CHANGELOG\.md|package\.json)$/,
];
const unwanted = /\.(test|test-support)\.(js|d\.ts)$/;

/**
 * Nothing but what a user runs is packed: no test, no source, nothing left over from an older
 * build.
 * @param {string} folder
 * @param {readonly string[]} files
 * @returns {string[]}
 */
export function checkContents(folder, files) {
  const missing = ["README.md", "LICENSE"].filter((file) => !files.includes(file));
  return [
    ...missing.map((file) => `${file} is not in the tarball`),
    ...files.flatMap((file) => {
      if (unwanted.test(file)) return [`${file} is a test and is in the tarball`];
      if (!wanted.some((pattern) => pattern.test(file)))
        return [`${file} has no place in the tarball`];
      return hasSource(folder, file)
        ? []
        : [`${file} has no source: it is left from an older build`];
    }),
  ];
}

/**
 * @param {string} folder
 * @param {string} file
 */
function hasSource(folder, file) {
  const module = /^dist\/(.+?)\.(?:js|d\.ts)$/.exec(file)?.[1];
  return module === undefined || existsSync(join(folder, "src", `${module}.ts`));
}
