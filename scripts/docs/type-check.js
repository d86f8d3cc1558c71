import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import ts from "typescript";

/** @typedef {import("./page.js").Page} Page */
/** @typedef {import("./page.js").Block} Block */
/** @typedef {import("./links.js").Problem} Problem */
/** @typedef {{ page: Page, block: Block, file: string }} Sample */

/**
 * Type-checks every ```ts block as a module of its own, with `tenantry` meaning src/; ```tsx blocks
 * as a bundler would, which is how frameworks with JSX resolve modules.
 * @param {readonly Page[]} pages
 * @param {string} repository
 * @returns {Problem[]}
 */
export function typeCheckBlocks(pages, repository) {
  const scratch = join(repository, ".tenantry");
  mkdirSync(scratch, { recursive: true });
  const folder = mkdtempSync(join(scratch, "docs-check-"));
  try {
    const samples = writeSamples(pages, folder);
    return /** @type {const} */ (["ts", "tsx"]).flatMap((language) => {
      const ofLanguage = samples.filter(({ block }) => block.language === language);
      const files = ofLanguage.map(({ file }) => file);
      const program = ts.createProgram(files, compilerOptions(repository, language));
      return ofLanguage.flatMap((sample) => problemsOf(sample, program));
    });
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/**
 * @param {readonly Page[]} pages
 * @param {string} folder
 * @returns {Sample[]}
 */
function writeSamples(pages, folder) {
  const samples = pages.flatMap((page) => page.blocks.map((block) => ({ page, block })));
  return samples.map(({ page, block }, index) => {
    const file = join(folder, `block-${index + 1}.${block.language}`);
    writeFileSync(file, `${block.prelude}${block.code}\nexport {};\n`);
    return { page, block, file };
  });
}

/**
 * @param {string} repository
 * @param {Block["language"]} language
 */
function compilerOptions(repository, language) {
  const path = join(repository, "tsconfig.json");
  const config = ts.readConfigFile(path, (file) => ts.sys.readFile(file));
  const { options } = ts.parseJsonConfigFileContent(
    config.config,
    ts.sys,
    repository,
    undefined,
    path,
  );
  if (language === "ts") return options;
  return {
    ...options,
    module: ts.ModuleKind.ESNext,
    moduleResolution: ts.ModuleResolutionKind.Bundler,
    jsx: ts.JsxEmit.ReactJSX,
  };
}

/**
 * @param {Sample} sample
 * @param {ts.Program} program
 * @returns {Problem[]}
 */
function problemsOf({ page, block, file }, program) {
  const source = program.getSourceFile(file);
  const preludeLines = block.prelude.split("\n").length - 1;
  return [
    ...program.getSyntacticDiagnostics(source),
    ...program.getSemanticDiagnostics(source),
  ].map((diagnostic) => {
    const position = ts.getLineAndCharacterOfPosition(
      /** @type {ts.SourceFile} */ (source),
      diagnostic.start ?? 0,
    );
    return {
      path: page.path,
      line: block.line + position.line - preludeLines,
      message: ts.flattenDiagnosticMessageText(diagnostic.messageText, "\n    "),
    };
  });
}
