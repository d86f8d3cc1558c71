// Checks what a user would install: packs the package, installs the tarball into an empty project
// outside of the repository, and imports, type-checks and runs it there.
// `node scripts/check-package.js [folder]`, by default the repository. The runtime dependencies
// come from npm's cache or registry.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import process from "node:process";
import { checkCommands } from "./package/commands.js";
import { createConsumer } from "./package/consumer.js";
import { checkContents } from "./package/contents.js";
import { checkDeclarations } from "./package/declarations.js";
import { checkImports } from "./package/imports.js";
import { checkInstalled } from "./package/installed.js";
import { lintPackage } from "./package/linters.js";
import { readManifest } from "./package/manifest.js";
import { pack } from "./package/pack.js";
import { checkTypes } from "./package/types.js";

const folder = resolve(process.argv[2] ?? join(import.meta.dirname, ".."));
const scratch = mkdtempSync(join(tmpdir(), "package-check-"));
try {
  const problems = await checkPackage();
  for (const problem of problems) console.error(`package: ${problem}`);
  console.log(`package: ${problems.length} problems`);
  process.exitCode = problems.length === 0 ? 0 : 1;
} finally {
  rmSync(scratch, { recursive: true, force: true });
}

/** @returns {Promise<string[]>} */
async function checkPackage() {
  const manifest = readManifest(folder);
  const { tarball, files } = await pack(folder, scratch);
  console.log(`package: ${files.length} files packed`);
  const consumer = await createConsumer(scratch, tarball);
  const installed = join(consumer, "node_modules", manifest.name);
  return [
    ...checkContents(folder, files),
    ...checkDeclarations(installed, files, manifest),
    ...checkInstalled(consumer, manifest),
    ...(await lintPackage(tarball)),
    ...(await checkImports(consumer, manifest)),
    ...(await checkTypes(folder, consumer, manifest)),
    ...(await checkCommands(consumer, manifest)),
  ];
}
