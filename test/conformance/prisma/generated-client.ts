import { execFile } from "node:child_process";
import { createHash } from "node:crypto";
import { cp, mkdir, mkdtemp, readFile, rename, rm, stat } from "node:fs/promises";
import { join, resolve } from "node:path";
import { promisify } from "node:util";

const repository = resolve(import.meta.dirname, "../../..");
const schemaFile = join(import.meta.dirname, "schema.prisma");

/** The constructor that Prisma generates; what it makes is described by client.ts. */
export interface GeneratedClient {
  readonly PrismaClient: new (options: { adapter: unknown; transactionOptions: object }) => object;
  /** Where its sources are. */
  readonly folder: string;
}

/**
 * Generates the client of schema.prisma below `.tenantry`, once for each version of it, without
 * a network: Prisma's schema engine is only needed to talk to a database.
 */
export async function generatedClient(): Promise<GeneratedClient> {
  const schema = await readFile(schemaFile);
  const manifest = await readFile(join(repository, "node_modules/prisma/package.json"), "utf8");
  const { version } = JSON.parse(manifest) as { version: string };
  const hash = createHash("sha256").update(version).update(schema).digest("hex").slice(0, 16);
  const folder = join(repository, ".tenantry", `prisma-${hash}`);
  if (!(await exists(folder))) await generateInto(folder);
  const { PrismaClient } = (await import(join(folder, "client/client.ts"))) as GeneratedClient;
  return { PrismaClient, folder: join(folder, "client") };
}

/** In a folder of its own, renamed when it is complete: several test files may come at once. */
async function generateInto(folder: string): Promise<void> {
  await mkdir(join(repository, ".tenantry"), { recursive: true });
  const made = await mkdtemp(join(repository, ".tenantry", "prisma-making-"));
  try {
    await cp(schemaFile, join(made, "schema.prisma"));
    const prisma = join(repository, "node_modules/prisma/build/index.js");
    await promisify(execFile)(
      process.execPath,
      [prisma, "generate", "--schema", join(made, "schema.prisma")],
      // For this process alone: `prisma migrate` under it would do nothing and say that it had.
      {
        cwd: made,
        env: {
          ...process.env,
          CHECKPOINT_DISABLE: "1",
          PRISMA_SCHEMA_ENGINE_BINARY: "/bin/true",
        },
      },
    );
    await rename(made, folder).catch(async (error: unknown) => {
      if (!(await exists(folder))) throw error;
    });
  } catch (error) {
    throw new Error("`prisma generate` failed, and without a client nothing here can run", {
      cause: error,
    });
  } finally {
    await rm(made, { recursive: true, force: true });
  }
}

async function exists(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
  );
}
