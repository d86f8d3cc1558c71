import { foreign, own, refused, type Case } from "./cases.js";

const project = (ids: { own: string }, id: number) => ({ tenantId_id: { tenantId: ids.own, id } });

export const writeCases: readonly Case[] = [
  {
    name: "creates a row of its own",
    async run(prisma, ids) {
      const made = await prisma.project.create({ data: { id: 9, name: "new" } });
      return made["tenantId"] === ids.own && (await prisma.project.count({ where: { id: 9 } }));
    },
    gives: 1,
  },
  {
    name: "creates many rows of its own",
    async run(prisma, ids) {
      await prisma.project.createMany({
        data: [
          { id: 7, name: "x" },
          { id: 8, name: "y" },
        ],
      });
      const made = await prisma.project.createManyAndReturn({ data: [{ id: 9, name: "z" }] });
      return [made[0]!["tenantId"] === ids.own, await prisma.project.count()];
    },
    gives: [true, 6],
  },
  {
    name: "creates no row of another tenant",
    run: (prisma, { foreign: tenantId }) =>
      prisma.project.create({ data: { tenantId, id: 9, name: "forged" } }),
    gives: refused,
  },
  {
    name: "creates no rows of another tenant among its own",
    run: (prisma, { foreign: tenantId }) =>
      prisma.project.createMany({
        data: [
          { id: 8, name: "x" },
          { tenantId, id: 9, name: "y" },
        ],
      }),
    gives: refused,
  },
  {
    name: "skips its own duplicates and no one else's",
    run: async (prisma) => [
      await prisma.customer.createMany({
        data: [
          { id: 1, email: "z@example.com", countryCode: "NL" },
          { id: 5, email: "canary@example.com", countryCode: "NL" },
        ],
        skipDuplicates: true,
      }),
    ],
    gives: [{ count: 1 }],
  },
  {
    name: "updates a row by its id",
    run: (prisma, ids) =>
      prisma.project.update({ where: own(ids, 1), data: { name: "x" }, select: { name: true } }),
    gives: { name: "x" },
  },
  {
    name: "updates no row by another tenant's id",
    run: (prisma, ids) => prisma.project.update({ where: foreign(ids, 1), data: { name: "x" } }),
    gives: refused,
  },
  {
    name: "updates no row by a value that is unique among all tenants",
    run: (prisma) => prisma.badge.update({ where: { code: 20 }, data: { text: "x" } }),
    gives: refused,
  },
  {
    name: "updates its own rows",
    run: async (prisma) => [
      await prisma.project.updateMany({ data: { budget: { increment: 1 } } }),
      await prisma.project.updateMany({
        where: { OR: [{ id: { gt: 0 } }, { name: { startsWith: "canary" } }] },
        data: { budget: 0 },
      }),
      (await prisma.project.updateManyAndReturn({ data: { budget: 5 } })).length,
    ],
    gives: [{ count: 3 }, { count: 3 }, 3],
  },
  {
    name: "moves no row to another tenant",
    run: (prisma, ids) =>
      prisma.project.update({ where: own(ids, 1), data: { tenantId: ids.foreign, id: 99 } }),
    gives: refused,
  },
  {
    name: "moves no rows to another tenant",
    run: (prisma, ids) =>
      prisma.badge.updateMany({
        where: { id: 2 },
        data: { id: 77, tenantId: { set: ids.foreign } },
      }),
    gives: refused,
  },
  {
    name: "inserts or updates a row by its id",
    run: async (prisma, ids) => {
      for (const id of [1, 9]) {
        await prisma.project.upsert({
          where: own(ids, id),
          create: { id, name: "made" },
          update: { name: "changed" },
        });
      }
      const found = {
        select: { name: true },
        where: { id: { in: [1, 9] } },
        orderBy: { id: "asc" },
      };
      return prisma.project.findMany(found);
    },
    gives: [{ name: "changed" }, { name: "made" }],
  },
  {
    name: "neither inserts nor updates by another tenant's id",
    run: (prisma, ids) =>
      prisma.project.upsert({
        where: foreign(ids, 1),
        create: { tenantId: ids.foreign, id: 1, name: "x" },
        update: { name: "x" },
      }),
    gives: refused,
  },
  {
    name: "takes no row over by a value that is unique among all tenants",
    run: (prisma) =>
      prisma.badge.upsert({
        where: { code: 20 },
        create: { id: 9, code: 20, text: "x" },
        update: { text: "x" },
      }),
    gives: refused,
  },
  {
    name: "deletes a row by its id",
    run: async (prisma, ids) => {
      await prisma.project.delete({ where: own(ids, 1) });
      return [await prisma.project.count(), await prisma.task.count()];
    },
    gives: [2, 4],
  },
  {
    name: "deletes no row by another tenant's id",
    run: (prisma, ids) => prisma.project.delete({ where: foreign(ids, 1) }),
    gives: refused,
  },
  {
    name: "deletes its own rows",
    run: async (prisma) => [
      await prisma.task.deleteMany({
        where: { OR: [{ id: { lt: 3 } }, { title: "canary-task-5" }] },
      }),
      await prisma.task.deleteMany(),
    ],
    gives: [{ count: 2 }, { count: 4 }],
  },
  {
    name: "writes nested rows of its own",
    async run(prisma, ids) {
      await prisma.project.create({
        data: {
          id: 9,
          name: "nested",
          tasks: {
            create: [{ id: 91, title: "x" }],
            createMany: { data: [{ id: 92, title: "y" }] },
          },
        },
      });
      await prisma.task.create({
        data: { id: 93, title: "z", project: { connect: project(ids, 9) } },
      });
      await prisma.task.create({
        data: { id: 94, title: "z", project: { create: { id: 10, name: "made by its task" } } },
      });
      await prisma.task.create({
        data: {
          id: 95,
          title: "z",
          project: {
            connectOrCreate: { where: project(ids, 10), create: { id: 10, name: "not made" } },
          },
        },
      });
      return prisma.task.findMany({
        where: { id: { gt: 90 } },
        select: { id: true, project: { select: { id: true } } },
        orderBy: { id: "asc" },
      });
    },
    gives: [91, 92, 93, 94, 95].map((id) => ({ id, project: { id: id < 94 ? 9 : 10 } })),
  },
  {
    name: "changes nested rows of its own",
    async run(prisma, ids) {
      await prisma.project.update({
        where: own(ids, 1),
        data: {
          tasks: {
            update: { where: own(ids, 3), data: { title: "updated" } },
            upsert: {
              where: own(ids, 77),
              create: { id: 77, title: "upserted" },
              update: { title: "no" },
            },
            updateMany: { where: { id: 6 }, data: { title: "many" } },
            connect: own(ids, 1),
          },
        },
      });
      await prisma.project.update({
        where: own(ids, 1),
        data: { tasks: { deleteMany: { title: "many" }, delete: own(ids, 77) } },
      });
      await prisma.task.update({
        where: own(ids, 1),
        data: { project: { update: { budget: 1000 } } },
      });
      return prisma.project.findUnique({
        where: own(ids, 1),
        select: {
          budget: true,
          tasks: { select: { id: true, title: true }, orderBy: { id: "asc" } },
        },
      });
    },
    gives: {
      budget: 1000,
      tasks: [
        { id: 1, title: "own-task-1" },
        { id: 3, title: "updated" },
      ],
    },
  },
  {
    name: "connects no row to another tenant's",
    run: (prisma, ids) =>
      prisma.task.update({ where: own(ids, 1), data: { project: { connect: foreign(ids, 2) } } }),
    gives: refused,
  },
  {
    name: "creates no row under another tenant's",
    run: (prisma, ids) =>
      prisma.task.create({ data: { id: 9, title: "x", project: { connect: foreign(ids, 2) } } }),
    gives: refused,
  },
  {
    name: "creates no row under another tenant's, found or made",
    run: (prisma, ids) =>
      prisma.task.create({
        data: {
          id: 9,
          title: "x",
          project: { connectOrCreate: { where: foreign(ids, 2), create: { id: 2, name: "x" } } },
        },
      }),
    gives: refused,
  },
  {
    name: "creates no nested parent for another tenant",
    run: (prisma, ids) =>
      prisma.task.create({
        data: {
          id: 9,
          title: "x",
          project: { create: { tenantId: ids.foreign, id: 9, name: "x" } },
        },
      }),
    gives: refused,
  },
  {
    name: "takes no row of another tenant into a relation",
    run: (prisma, ids) =>
      prisma.project.update({ where: own(ids, 1), data: { tasks: { connect: foreign(ids, 1) } } }),
    gives: refused,
  },
  {
    name: "changes no row of another tenant through a relation",
    run: (prisma, ids) =>
      prisma.project.update({
        where: own(ids, 1),
        data: { tasks: { update: { where: foreign(ids, 3), data: { title: "x" } } } },
      }),
    gives: refused,
  },
  {
    name: "deletes no row of another tenant through a relation",
    run: (prisma, ids) =>
      prisma.project.update({
        where: own(ids, 1),
        data: { tasks: { delete: foreign(ids, 3) } },
      }),
    gives: refused,
  },
  {
    name: "leaves a relation by its own column",
    run: async (prisma, ids) => [
      await prisma.label.update({
        where: own(ids, 2),
        data: { parentId: null },
        select: { parent: true },
      }),
      await prisma.label.findMany({
        where: { parentId: null },
        select: { id: true },
        orderBy: { id: "asc" },
      }),
    ],
    gives: [{ parent: null }, [{ id: 1 }, { id: 2 }]],
  },
  {
    name: "does not clear the tenant when it disconnects",
    run: (prisma, ids) =>
      prisma.label.update({ where: own(ids, 2), data: { parent: { disconnect: true } } }),
    gives: refused,
  },
  {
    name: "connects to a global row",
    run: (prisma) =>
      prisma.customer.create({
        data: { id: 9, email: "n@example.com", country: { connect: { code: "PT" } } },
        select: { country: { select: { name: true } } },
      }),
    gives: { country: { name: "Portugal" } },
  },
  {
    name: "writes no global row",
    run: (prisma) => prisma.country.update({ where: { code: "PT" }, data: { name: "x" } }),
    gives: refused,
  },
  {
    name: "writes no global row through a relation",
    run: (prisma, ids) =>
      prisma.customer.update({ where: own(ids, 1), data: { country: { update: { name: "x" } } } }),
    gives: refused,
  },
];
