import { execFileSync } from "node:child_process";
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import ts from "typescript";

const repository = resolve(import.meta.dirname, "../..");

const model = (/** @type {string} */ name, /** @type {string} */ table) => `
model ${name} {
  tenantId String @default(dbgenerated("tenantry.claimed_tenant()")) @map("tenant_id") @db.Uuid
  id       BigInt @default(autoincrement())
  name     String
  status   String
  amount   Int

  @@id([tenantId, id])
  @@map("${table}")
}
`;

const schema = `
generator client {
  provider               = "prisma-client"
  output                 = "./client"
  moduleFormat           = "esm"
  generatedFileExtension = "ts"
  importFileExtension    = "js"
}

datasource db {
  provider = "postgresql"
}
${model("Item", "items")}${model("UsualItem", "usual_items")}${model("BareItem", "bare_items")}`;

/**
 * Generates a client for the bench's three tables below `.tenantry`, as JavaScript.
 * @returns {Promise<new (options: { adapter: unknown }) => any>}
 */
export async function prismaClient() {
  const folder = join(repository, ".tenantry", "bench-prisma");
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, "schema.prisma"), schema);
  execFileSync(
    process.execPath,
    [
      join(repository, "node_modules/prisma/build/index.js"),
      "generate",
      "--schema",
      "schema.prisma",
    ],
    {
      cwd: folder,
      stdio: ["ignore", "ignore", "inherit"],
      // For this process alone: `prisma migrate` under it would do nothing and say that it had.
      env: {
        ...process.env,
        CHECKPOINT_DISABLE: "1",
        PRISMA_SCHEMA_ENGINE_BINARY: "/bin/true",
      },
    },
  );
  for (const file of readdirSync(folder, { recursive: true, encoding: "utf8" })) {
    if (!file.endsWith(".ts")) continue;
    const { outputText } = ts.transpileModule(readFileSync(join(folder, file), "utf8"), {
      compilerOptions: { module: ts.ModuleKind.ESNext, target: ts.ScriptTarget.ES2022 },
    });
    writeFileSync(join(folder, file.replace(/ts$/, "js")), outputText);
  }
  const { PrismaClient } = await import(join(folder, "client/client.js"));
  return PrismaClient;
}
