import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { dirname, join, resolve } from "node:path";
import ts from "typescript";
import { beforeAll, expect, it } from "vitest";
import { keepScopesApart, asPgPool, tenantryPrisma } from "tenantry/prisma";
import pg from "pg";
import { refusal } from "../../database/support/outcome.js";
import { generatedClient } from "./generated-client.js";

const repository = resolve(import.meta.dirname, "../../..");

const sample = `
import { PrismaPg } from "@prisma/adapter-pg";
import pg from "pg";
import type { Tenantry } from "tenantry";
import { asPgPool, dangerouslyUnfilteredSql, keepScopesApart, tenantryPrisma } from "tenantry/prisma";
import { PrismaClient } from "../client/client.js";
declare const tenantry: Tenantry;
const adapter = new PrismaPg(asPgPool(tenantry.db, pg.Pool));
const bare: PrismaClient = keepScopesApart(new PrismaClient({ adapter }));
const prisma = new PrismaClient({ adapter }).$extends(tenantryPrisma({ tenantModels: "all" }));
const rows = await prisma.project.findMany({ include: { tasks: true } });
export const title: string = rows[0]!.tasks[0]!.title;
export const changed: number = await dangerouslyUnfilteredSql({ reason: "x" }, () => prisma.$executeRaw\`select 1\`);
export const name: string = await prisma.$transaction(async (tx) => (await tx.project.findFirstOrThrow()).name);
// @ts-expect-error there is no such field
await prisma.project.findMany({ where: { nothing: 1 } });
// @ts-expect-error there is no such model
await prisma.nothing.findMany();
await bare.$disconnect();
`;

let client: string;
beforeAll(async () => {
  client = (await generatedClient()).folder;
});

it("keeps the types of the generated client", { timeout: 60_000 }, async () => {
  const folder = await mkdtemp(join(dirname(client), "typing-"));
  try {
    const file = join(folder, "sample.ts");
    await writeFile(file, sample);
    const path = join(repository, "tsconfig.json");
    const config: unknown = ts.readConfigFile(path, (name) => ts.sys.readFile(name)).config;
    const { options } = ts.parseJsonConfigFileContent(config, ts.sys, repository);
    const program = ts.createProgram([file], options);
    const problems = ts.getPreEmitDiagnostics(program, program.getSourceFile(file));
    expect(
      problems.map(({ messageText }) => ts.flattenDiagnosticMessageText(messageText, "\n")),
    ).toEqual([]);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
});

it("refuses what is no client or no pool of that pg", () => {
  expect(refusal(() => tenantryPrisma({ tenantModels: "all" })({}))).toBe("CONFIG_INVALID");
  expect(refusal(() => keepScopesApart(null))).toBe("CONFIG_INVALID");
  expect(refusal(() => asPgPool({}, pg.Pool))).toBe("CONFIG_INVALID");
});
