import { PrismaPg } from "@prisma/adapter-pg";
import pg from "pg";
import { createTenantry, fromHost, isTenantryError } from "tenantry";
import { asPgPool, tenantryPrisma } from "tenantry/prisma";
import { PrismaClient } from "../dist/generated/client.js";
import { migrate } from "./migrate.js";

const {
  DATABASE_URL,
  TENANTRY_OPERATOR_DATABASE_URL,
  TENANTRY_MIGRATION_DATABASE_URL,
  TENANTRY_SECRET,
} = process.env;

await migrate(TENANTRY_MIGRATION_DATABASE_URL);

const tenantry = createTenantry({
  database: { url: DATABASE_URL, pg },
  operatorDatabase: TENANTRY_OPERATOR_DATABASE_URL,
  resolve: [fromHost({ baseDomain: "localhost" })],
  secret: TENANTRY_SECRET,
});
await tenantry.ready();

const prisma = new PrismaClient({
  adapter: new PrismaPg(asPgPool(tenantry.db, pg.Pool)),
}).$extends(tenantryPrisma({ tenantModels: "all" }));

for (const slug of ["acme", "beta"]) {
  await tenantry.tenants.create({ slug, name: slug }).catch((error) => {
    if (!isTenantryError(error, "TENANT_CONFLICT")) throw error;
  });
}

/** @template T @param {string} slug @param {() => Promise<T>} work */
const as = (slug, work) => tenantry.enter(slug, { reason: "the Prisma example" }, work);

/** @param {string} slug */
const plan = (slug) =>
  as(slug, async () => {
    await prisma.project.deleteMany();
    return prisma.project.create({
      data: {
        name: "Launch",
        tasks: { create: [{ title: `${slug}: write` }, { title: `${slug}: ship` }] },
      },
    });
  });

const [, ofBeta] = [await plan("acme"), await plan("beta")];

await as("acme", async () => {
  const projects = await prisma.project.findMany({ include: { tasks: true } });
  console.log(
    "acme sees:",
    projects.flatMap(({ tasks }) => tasks.map(({ title }) => title)),
  );

  const { tenantId, id } = ofBeta;
  const foreign = await prisma.project.findUnique({ where: { tenantId_id: { tenantId, id } } });
  console.log("acme asks for beta's project by its id:", foreign);

  await refused("acme creates a project for beta", () =>
    prisma.project.create({ data: { tenantId, name: "forged" } }),
  );
  await refused("acme deletes where id is undefined", () =>
    prisma.project.deleteMany({ where: { id: undefined } }),
  );
  await refused("acme sends raw SQL", () => prisma.$queryRaw`select * from projects`);
});

await prisma.$disconnect();
await tenantry.close();

/** @param {string} what @param {() => Promise<unknown>} work */
async function refused(what, work) {
  const code = await work().then(
    () => "done",
    (error) => error.code,
  );
  console.log(`${what}: ${code}`);
}
