import { dangerouslyUnfilteredSql } from "tenantry/prisma";
import { codeIn } from "../../database/support/outcome.js";
import { foreign, own, type Case, type Ids } from "./cases.js";
import type { Client } from "./client.js";

/** The code of each failure, or what was given where there was none. */
async function codes(...work: readonly Promise<unknown>[]): Promise<unknown[]> {
  const settled = await Promise.allSettled(work);
  return settled.map((one) =>
    one.status === "rejected" ? codeIn(one.reason) : { given: one.value },
  );
}

const refusals = (count: number) => Array.from({ length: count }, () => "STATEMENT_REFUSED");

const refusesEach = (
  name: string,
  count: number,
  work: (prisma: Client, ids: Ids) => readonly Promise<unknown>[],
): Case => ({
  name,
  run: (prisma, ids) => codes(...work(prisma, ids)),
  gives: refusals(count),
});

/** What the extension does on top, alike with row security and without. */
export const extensionCases: readonly Case[] = [
  refusesEach("refuses a filter with something undefined in it", 12, (prisma, ids) => [
    prisma.project.findMany({ where: { id: undefined } }),
    prisma.project.findFirst({ where: undefined }),
    prisma.project.count({ where: { OR: [{ id: { gt: undefined } }] } }),
    prisma.project.deleteMany({ where: { name: { contains: undefined } } }),
    prisma.project.deleteMany({ where: { AND: undefined } }),
    prisma.project.updateMany({ where: { tasks: { some: undefined } }, data: { budget: 0 } }),
    prisma.project.updateMany({
      where: { tasks: { some: { id: undefined } } },
      data: { budget: 0 },
    }),
    prisma.task.findMany({ where: { project: { is: { name: undefined } } } }),
    prisma.project.findMany({ include: { tasks: { where: { id: undefined } } } }),
    prisma.project.findMany({ select: { _count: { select: { tasks: { where: undefined } } } } }),
    prisma.project.update({
      where: own(ids, 1),
      data: { tasks: { deleteMany: { id: undefined } } },
    }),
    prisma.project.update({
      where: { ...own(ids, 1), name: undefined },
      data: { tasks: { updateMany: { where: { id: undefined }, data: { title: "x" } } } },
    }),
  ]),
  refusesEach("refuses raw SQL", 4, (prisma) => [
    prisma.$queryRaw`select * from project`,
    prisma.$queryRawUnsafe("select * from project"),
    prisma.$executeRaw`delete from project`,
    prisma.$executeRawUnsafe("delete from project"),
  ]),
  refusesEach("refuses raw SQL in a transaction", 2, (prisma) => [
    prisma.$transaction((tx) => tx.$executeRaw`delete from project`),
    prisma.$transaction([prisma.$executeRaw`delete from project`]),
  ]),
  {
    name: "lets raw SQL through where it is named as such",
    run: (prisma) =>
      dangerouslyUnfilteredSql({ reason: "a test" }, () => prisma.$queryRaw`select 1 as one`),
    gives: [{ one: 1 }],
  },
  {
    name: "wants a reason for raw SQL",
    run: (prisma) =>
      codes(dangerouslyUnfilteredSql({ reason: " " }, () => prisma.$queryRaw`select 1 as one`)),
    gives: ["REASON_REQUIRED"],
  },
  {
    name: "fills the tenant into a compound id that lacks it",
    run: (prisma) =>
      prisma.project.findUnique({ where: { tenantId_id: { id: 1 } }, select: { name: true } }),
    gives: { name: "own-project-1" },
  },
  refusesEach("refuses relations whose key does not carry the tenant", 7, (prisma, ids) => [
    prisma.memo.findMany({ include: { badge: true } }),
    prisma.memo.findMany({ where: { badge: { text: { startsWith: "canary" } } } }),
    prisma.memo.findMany({ orderBy: { badge: { text: "asc" } } }),
    prisma.badge.findMany({ select: { memos: true } }),
    prisma.badge.findMany({ select: { _count: true } }),
    prisma.memo.create({ data: { id: 9, badge: { connect: { code: 20 } } } }),
    prisma.memo.update({ where: own(ids, 1), data: { badge: { update: { text: "x" } } } }),
  ]),
  refusesEach("refuses cursors that are not this tenant's", 2, (prisma, ids) => [
    prisma.project.findMany({ cursor: foreign(ids, 2) }),
    prisma.badge.findMany({ cursor: { code: 20 } }),
  ]),
  refusesEach("refuses to order a global model by what tenants have", 1, (prisma) => [
    prisma.country.findMany({ orderBy: { customers: { _count: "desc" } } }),
  ]),
  refusesEach("refuses writes to global models", 4, (prisma, ids) => [
    prisma.country.create({ data: { code: "XX", name: "x" } }),
    prisma.country.deleteMany(),
    prisma.customer.update({ where: own(ids, 1), data: { country: { delete: true } } }),
    prisma.customer.create({
      data: { id: 9, email: "x", country: { create: { code: "XX", name: "x" } } },
    }),
  ]),
  refusesEach("refuses another tenant's id in data, wherever it stands", 6, (prisma, ids) => [
    prisma.badge.create({ data: { id: 9, code: 99, text: "x", tenantId: ids.foreign } }),
    prisma.badge.createMany({ data: [{ id: 9, code: 99, text: "x", tenantId: ids.foreign }] }),
    prisma.badge.updateMany({ data: { tenantId: ids.foreign } }),
    prisma.badge.update({ where: own(ids, 1), data: { tenantId: { set: ids.foreign } } }),
    prisma.task.update({ where: own(ids, 1), data: { project: { connect: foreign(ids, 1) } } }),
    prisma.task.create({
      data: { id: 9, title: "x", project: { create: { tenantId: ids.foreign, id: 9, name: "x" } } },
    }),
  ]),
  refusesEach("refuses what it does not know", 3, (prisma, ids) => [
    prisma.project.findMany({ somethingNew: {} }),
    prisma.project.update({ where: own(ids, 1), data: { tasks: { somethingNew: {} } } }),
    prisma.project.findMany({ where: { tasks: { somethingNew: {} } } }),
  ]),
];
