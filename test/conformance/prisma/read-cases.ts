import { foreign, own, refused, type Case } from "./cases.js";

const names = { select: { name: true }, orderBy: { id: "asc" } };
const titles = { select: { title: true }, orderBy: { id: "asc" } };

export const readCases: readonly Case[] = [
  {
    name: "lists rows",
    run: (prisma) => prisma.project.findMany(names),
    gives: [1, 2, 3].map((id) => ({ name: `own-project-${id}` })),
  },
  {
    name: "finds the first row",
    run: (prisma) => prisma.task.findFirst({ ...titles, where: { title: { contains: "-task-" } } }),
    gives: { title: "own-task-1" },
  },
  {
    name: "finds nothing by another tenant's values",
    run: (prisma) =>
      prisma.project.findMany({
        where: {
          OR: [{ name: { startsWith: "canary" } }, { AND: [{ name: "canary-project-1" }] }],
        },
      }),
    gives: [],
  },
  {
    name: "finds nothing where another tenant is asked for",
    run: (prisma, { foreign: tenantId }) =>
      prisma.project.findMany({ where: { OR: [{ tenantId }, { tenantId: { in: [tenantId] } }] } }),
    gives: [],
  },
  {
    name: "finds a row by its id",
    run: (prisma, ids) => prisma.project.findUnique({ where: own(ids, 2), select: { name: true } }),
    gives: { name: "own-project-2" },
  },
  {
    name: "finds no row by another tenant's id",
    run: (prisma, ids) => prisma.project.findUnique({ where: foreign(ids, 2) }),
    gives: null,
  },
  {
    name: "finds no row by another tenant's named key",
    run: (prisma, { foreign: tenantId }) =>
      prisma.project.findUnique({ where: { byName: { tenantId, name: "canary-project-1" } } }),
    gives: null,
  },
  {
    name: "finds no row by a value that is unique among all tenants",
    run: (prisma) => prisma.badge.findUnique({ where: { code: 20 } }),
    gives: null,
  },
  {
    name: "fails where the row has to be there",
    run: (prisma, ids) => prisma.project.findUniqueOrThrow({ where: foreign(ids, 2) }),
    gives: refused,
  },
  {
    name: "counts its own rows",
    run: async (prisma) => [
      await prisma.task.count(),
      await prisma.task.count({ where: { OR: [{ id: 1 }, { id: 2 }] } }),
      await prisma.task.count({ where: { NOT: { id: 1 } } }),
    ],
    gives: [6, 2, 5],
  },
  {
    name: "aggregates its own rows",
    run: (prisma) => prisma.project.aggregate({ _sum: { budget: true }, _count: true }),
    gives: { _sum: { budget: 60 }, _count: 3 },
  },
  {
    name: "groups its own rows",
    run: (prisma) =>
      prisma.task.groupBy({
        by: ["projectId"],
        _count: { _all: true },
        orderBy: { projectId: "asc" },
      }),
    gives: [1, 2, 3].map((projectId) => ({ projectId, _count: { _all: 2 } })),
  },
  {
    name: "pages with a cursor",
    run: (prisma, ids) =>
      prisma.task.findMany({ ...titles, cursor: own(ids, 3), skip: 1, take: 2 }),
    gives: [{ title: "own-task-4" }, { title: "own-task-5" }],
  },
  {
    name: "includes rows of a relation",
    run: (prisma, ids) =>
      prisma.project.findUnique({
        where: own(ids, 1),
        select: { name: true, tasks: titles, _count: { select: { tasks: true } } },
      }),
    gives: {
      name: "own-project-1",
      tasks: [{ title: "own-task-3" }, { title: "own-task-6" }],
      _count: { tasks: 2 },
    },
  },
  {
    name: "includes the row that it belongs to, and what that has",
    run: (prisma, ids) =>
      prisma.task.findUnique({
        where: own(ids, 1),
        select: { project: { select: { name: true, tasks: { ...titles, where: { id: 1 } } } } },
      }),
    gives: { project: { name: "own-project-2", tasks: [{ title: "own-task-1" }] } },
  },
  {
    name: "filters by a relation",
    run: async (prisma) => [
      await prisma.project.findMany({ ...names, where: { tasks: { some: { id: 1 } } } }),
      await prisma.project.findMany({
        ...names,
        where: { tasks: { some: { title: { startsWith: "canary" } } } },
      }),
      await prisma.task.findMany({ ...titles, where: { project: { name: "own-project-3" } } }),
      await prisma.label.findMany({ ...names, where: { parentId: null } }),
    ],
    gives: [
      [{ name: "own-project-2" }],
      [],
      [{ title: "own-task-2" }, { title: "own-task-5" }],
      [{ name: "own-label-1" }],
    ],
  },
  {
    name: "orders by a relation",
    run: (prisma) =>
      prisma.task.findMany({
        select: { id: true },
        orderBy: [{ project: { name: "desc" } }, { id: "asc" }],
        take: 3,
      }),
    gives: [{ id: 2 }, { id: 5 }, { id: 1 }],
  },
  {
    name: "reads a global model through a relation",
    run: (prisma) =>
      prisma.customer.findMany({
        select: { email: true, country: { select: { name: true } } },
        where: { country: { is: { code: "NL" } } },
      }),
    gives: [{ email: "own1@example.com", country: { name: "Netherlands" } }],
  },
  {
    name: "reads its own rows through a global model",
    run: async (prisma) => [
      await prisma.country.findMany({
        select: { code: true, customers: { select: { email: true } }, _count: true },
        orderBy: { code: "asc" },
      }),
      await prisma.country.findUnique({
        where: { code: "NL" },
        select: {
          customers: { select: { email: true }, where: { email: { contains: "@" } } },
          _count: { select: { customers: { where: { email: { startsWith: "canary" } } } } },
        },
      }),
    ],
    gives: [
      [
        { code: "NL", customers: [{ email: "own1@example.com" }], _count: { customers: 1 } },
        { code: "PT", customers: [{ email: "own2@example.com" }], _count: { customers: 1 } },
      ],
      { customers: [{ email: "own1@example.com" }], _count: { customers: 0 } },
    ],
  },
  {
    name: "filters a global model by its own rows",
    run: async (prisma) => {
      const codes = { select: { code: true }, orderBy: { code: "asc" } };
      const canary = { email: "canary@example.com" };
      const ending = { email: { startsWith: "own" } };
      return [
        await prisma.country.findMany({ ...codes, where: { customers: { some: canary } } }),
        await prisma.country.findMany({ ...codes, where: { customers: { none: canary } } }),
        await prisma.country.findMany({ ...codes, where: { customers: { every: ending } } }),
        await prisma.country.findMany({ ...codes, where: { customers: { some: {} } } }),
      ];
    },
    gives: [
      [],
      [{ code: "NL" }, { code: "PT" }],
      [{ code: "NL" }, { code: "PT" }],
      [{ code: "NL" }, { code: "PT" }],
    ],
  },
];
