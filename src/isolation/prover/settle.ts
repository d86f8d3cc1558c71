import type { MigrationClient } from "../../database/migrations/client.js";
import type { Subject, TenantContext } from "../subject/subject.js";
import { actingThrough, saying, type Acting } from "./acting.js";
import { claimNames, claimsOf } from "./claims.js";
import type { ProveOptions } from "./options.js";
import type { Power } from "./power.js";
import { temporarySeals } from "./seals.js";
import { seedTenants, type SeedSession, type TenantLabel } from "./seed/index.js";
import type { Session } from "./session.js";
import { tablesToFill } from "./tables-to-fill.js";
import { withTablesToSeed } from "./tables-to-seed.js";
import { prepareWorld, type World } from "./world.js";

export interface Undertaking {
  readonly connection: MigrationClient;
  readonly session: Session;
  readonly power: Power;
  readonly subject: Subject;
  readonly options: ProveOptions;
}

export interface Settled {
  readonly world: World;
  readonly actingFor: (context: TenantContext) => Acting;
}

/** Makes the tenants and their rows, and says how one acts as them. */
export async function settle(undertaking: Undertaking): Promise<Settled> {
  const { connection, session, subject, options } = undertaking;
  const seals = subject.context.sealed ? temporarySeals() : undefined;
  if (seals !== undefined) await session.send(seals.install);
  const names = claimNames(subject);
  const actingAs = (ids: Readonly<Record<TenantLabel, string>>) =>
    actingThrough(subject.context, claimsOf(names, ids), seals?.seal);
  const seedSession: SeedSession = {
    async query(text, values) {
      await session.flush();
      const result = await session.guarded(() => connection.query(text, values));
      return result as { rows: Record<string, unknown>[] };
    },
  };
  let shown = 0;
  const fallDue = await dueBetweenTenants(undertaking);
  const seeded = await seedTenants(
    seedSession,
    withTablesToSeed(withRegistry(subject), options.only),
    {
      async actAs(tenant, id) {
        const ids = { a: id, b: id };
        await fallDue();
        await session.send(...saying(actingAs(ids)(tenant)));
      },
      progress(done, all) {
        if (done < all && Date.now() - shown < 1000) return;
        shown = Date.now();
        options.onStep?.(`making two tenants: ${done} of ${all} tables`);
      },
    },
  );
  // Checks that were put off must not fall due in a probe.
  await session.send("set constraints all immediate");
  const wanted = tablesToFill(subject, options);
  const world = await prepareWorld(subject, seeded, wanted);
  const claims = claimsOf(names, world.tenants, world.users);
  return { world, actingFor: (context) => actingThrough(context, claims, seals?.seal) };
}

/**
 * Where row security binds the prover too, what triggers put off must fall due while the tenant acts
 * whose row it was.
 */
async function dueBetweenTenants({ session, power }: Undertaking): Promise<() => Promise<void>> {
  if (power.seesAll) return async () => undefined;
  const { rows } = await session.send(
    `select pg_catalog.string_agg(distinct pg_catalog.format('%I.%I', n.nspname, c.conname), ', ') as names
     from pg_catalog.pg_constraint c join pg_catalog.pg_namespace n on n.oid = c.connamespace
     where c.condeferred`,
  );
  const names = rows[0]?.["names"];
  if (names == null) return async () => undefined;
  return async () => {
    await session.attempt(
      [`set constraints ${names} immediate`],
      `set constraints ${names} deferred`,
    );
  };
}

/** Where the scope is sealed and nobody named a root, the tenants are those of Tenantry's registry. */
function withRegistry(subject: Subject): Subject {
  if (subject.root !== undefined || !subject.context.sealed) return subject;
  const root = [...subject.catalog.relations.values()].find(
    ({ schema, name }) => schema === "tenantry" && name === "tenant",
  );
  return { ...subject, root };
}
