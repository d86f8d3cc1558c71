import { cpSync, existsSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import process from "node:process";
import { specifiersOf } from "./manifest.js";
import { complaintOf, run } from "./run.js";

const repository = join(import.meta.dirname, "../..");

/**
 * The declarations type-check in a strict project that checks libraries too and has no types but
 * Node's, both as Node and as a bundler resolve them.
 * @param {string} folder  the package's own
 * @param {string} consumer
 * @param {import("./manifest.js").Manifest} manifest
 * @returns {Promise<string[]>}
 */
export async function checkTypes(folder, consumer, manifest) {
  const imports = specifiersOf(manifest).map((specifier, index) => {
    return `export * as subpath${index} from "${specifier}";`;
  });
  writeFileSync(join(consumer, "all.ts"), `${imports.join("\n")}\n`);
  const program = join(folder, "test/package/consumer.ts");
  if (existsSync(program)) cpSync(program, join(consumer, "consumer.ts"));
  // Copied, as the whole of @types within reach would lend the package types it must not need.
  for (const name of ["@types/node", "undici-types"]) {
    const path = join("node_modules", name);
    cpSync(join(repository, path), join(consumer, path), { recursive: true });
  }
  return [
    ...(await typeCheck(consumer, "NodeNext", "NodeNext")),
    ...(await typeCheck(consumer, "ESNext", "Bundler")),
  ];
}

/**
 * @param {string} consumer
 * @param {string} module
 * @param {string} moduleResolution
 */
async function typeCheck(consumer, module, moduleResolution) {
  const compilerOptions = {
    module,
    moduleResolution,
    target: "ES2023",
    lib: ["ES2023"],
    strict: true,
    skipLibCheck: false,
    noEmit: true,
    types: ["node"],
  };
  const config = JSON.stringify({ compilerOptions, include: ["*.ts"] });
  writeFileSync(join(consumer, "tsconfig.json"), config);
  const compiler = join(repository, "node_modules/typescript/bin/tsc");
  const outcome = await run(process.execPath, [compiler, "-p", consumer], consumer);
  if (outcome.ok) return [];
  return [`types fail (moduleResolution ${moduleResolution}):\n    ${complaintOf(outcome)}`];
}
