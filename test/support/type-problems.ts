import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import ts from "typescript";

const repository = resolve(import.meta.dirname, "../..");

/** What the compiler says to a program of a user's, written into a folder of its own below `parent`. */
export async function typeProblems(sample: string, parent: string): Promise<string[]> {
  const folder = await mkdtemp(join(parent, "typing-"));
  try {
    const file = join(folder, "sample.ts");
    await writeFile(file, sample);
    const path = join(repository, "tsconfig.json");
    const config: unknown = ts.readConfigFile(path, (name) => ts.sys.readFile(name)).config;
    const { options } = ts.parseJsonConfigFileContent(config, ts.sys, repository);
    const program = ts.createProgram([file], options);
    return ts
      .getPreEmitDiagnostics(program, program.getSourceFile(file))
      .map(({ messageText }) => ts.flattenDiagnosticMessageText(messageText, "\n"));
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
