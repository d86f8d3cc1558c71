import { dirname } from "node:path";
import { beforeAll, expect, it } from "vitest";
import { keepScopesApart, asPgPool, tenantryPrisma } from "tenantry/prisma";
import pg from "pg";
import { refusal } from "../../database/support/outcome.js";
import { typeProblems } from "../../support/type-problems.js";
import { generatedClient } from "./generated-client.js";

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
  expect(await typeProblems(sample, dirname(client))).toEqual([]);
});

it("refuses what is no client or no pool of that pg", () => {
  expect(refusal(() => tenantryPrisma({ tenantModels: "all" })({}))).toBe("CONFIG_INVALID");
  expect(refusal(() => keepScopesApart(null))).toBe("CONFIG_INVALID");
  expect(refusal(() => asPgPool({}, pg.Pool))).toBe("CONFIG_INVALID");
});
