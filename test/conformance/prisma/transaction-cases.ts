import { foreign, own, refused, type Case } from "./cases.js";

class Undo extends Error {}

export const transactionCases: readonly Case[] = [
  {
    name: "commits a batch",
    async run(prisma) {
      const [, made, count] = await prisma.$transaction([
        prisma.project.deleteMany({ where: { id: 1 } }),
        prisma.project.create({ data: { id: 9, name: "batch" }, select: { name: true } }),
        prisma.project.count(),
      ]);
      return [made, count];
    },
    gives: [{ name: "batch" }, 3],
  },
  {
    name: "undoes a batch of which one fails",
    async run(prisma, ids) {
      const failure = await prisma
        .$transaction([
          prisma.project.deleteMany(),
          prisma.project.update({ where: foreign(ids, 1), data: { name: "x" } }),
        ])
        .then(
          () => "committed",
          () => "failed",
        );
      return [failure, await prisma.project.count()];
    },
    gives: ["failed", 3],
  },
  {
    name: "commits an interactive transaction",
    run: (prisma, ids) =>
      prisma.$transaction(async (tx) => {
        await tx.project.update({ where: own(ids, 1), data: { budget: { decrement: 3 } } });
        const [one, two] = await Promise.all([
          tx.project.findUnique({ where: own(ids, 1), select: { budget: true } }),
          tx.project.findUnique({ where: own(ids, 2), select: { budget: true } }),
        ]);
        return [one, two, await tx.project.findUnique({ where: foreign(ids, 1) })];
      }),
    gives: [{ budget: 7 }, { budget: 20 }, null],
  },
  {
    name: "undoes an interactive transaction that throws",
    async run(prisma) {
      await prisma
        .$transaction(async (tx) => {
          await tx.task.deleteMany();
          throw new Undo();
        })
        .catch((error: unknown) => {
          if (!(error instanceof Undo)) throw error;
        });
      return prisma.task.count();
    },
    gives: 6,
  },
  {
    name: "undoes a nested transaction alone",
    run: (prisma) =>
      prisma.$transaction(async (tx) => {
        await tx.project.create({ data: { id: 8, name: "outer" } });
        await tx
          .$transaction(async (inner) => {
            await inner.project.create({ data: { id: 9, name: "inner" } });
            throw new Undo();
          })
          .catch(() => undefined);
        await tx.$transaction((inner) => inner.project.create({ data: { id: 10, name: "kept" } }));
        return tx.project.findMany({
          where: { id: { gt: 3 } },
          select: { name: true },
          orderBy: { id: "asc" },
        });
      }),
    gives: [{ name: "outer" }, { name: "kept" }],
  },
  {
    name: "goes on after a failed statement under a nested transaction",
    run: (prisma) =>
      prisma.$transaction(async (tx) => {
        await tx
          .$transaction((inner) => inner.project.create({ data: { id: 1, name: "twice" } }))
          .catch(() => undefined);
        return tx.project.count();
      }),
    gives: 3,
  },
  {
    name: "takes isolation levels",
    async run(prisma) {
      const counts = [];
      for (const isolationLevel of ["ReadCommitted", "RepeatableRead", "Serializable"]) {
        counts.push(
          await prisma.$transaction((tx) => tx.task.count(), { isolationLevel }),
          await prisma.$transaction([prisma.task.count()], { isolationLevel }),
        );
      }
      return counts;
    },
    gives: [6, [6], 6, [6], 6, [6]],
  },
  {
    name: "ends a transaction that takes too long, and undoes it",
    run: (prisma) =>
      prisma.$transaction(
        async (tx) => {
          await tx.project.deleteMany();
          await new Promise((resolve) => setTimeout(resolve, 200));
          return tx.project.count();
        },
        { timeout: 50 },
      ),
    gives: refused,
  },
];
