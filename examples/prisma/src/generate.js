// Generates the client and turns it into JavaScript. Without a network, too: the schema engine, which
// Prisma would download, is only needed to talk to a database.
import { execFileSync } from "node:child_process";
import { readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join, resolve } from "node:path";
import ts from "typescript";

const folder = resolve(import.meta.dirname, "..");
const prisma = dirname(createRequire(import.meta.url).resolve("prisma/package.json"));

rmSync(join(folder, "dist/generated"), { recursive: true, force: true });
execFileSync(
  process.execPath,
  [join(prisma, "build/index.js"), "generate", "--schema", "prisma/schema.prisma"],
  {
    cwd: folder,
    stdio: ["ignore", "ignore", "inherit"],
    // For this process alone: `prisma migrate` under it would do nothing and say that it had.
    env: { ...process.env, CHECKPOINT_DISABLE: "1", PRISMA_SCHEMA_ENGINE_BINARY: "/bin/true" },
  },
);

const generated = join(folder, "dist/generated");
for (const file of readdirSync(generated, { recursive: true, encoding: "utf8" })) {
  if (!file.endsWith(".ts")) continue;
  const { outputText } = ts.transpileModule(readFileSync(join(generated, file), "utf8"), {
    compilerOptions: { module: ts.ModuleKind.ESNext, target: ts.ScriptTarget.ES2022 },
  });
  writeFileSync(join(generated, file.replace(/ts$/, "js")), outputText);
}
