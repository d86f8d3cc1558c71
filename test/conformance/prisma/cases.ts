import type { Arena } from "./arena.js";
import type { Client } from "./client.js";

/** What is done as A, and what is left of B afterwards is compared. Ids are the same for both. */
export interface Case {
  readonly name: string;
  /** Resolves to what A was given. */
  run(prisma: Client, ids: Ids): Promise<unknown>;
  /** What A has to be given; `refused` where it has to fail. */
  readonly gives: unknown;
}

export interface Ids {
  readonly own: string;
  readonly foreign: string;
}

/** In place of a result: that the operation failed. */
export const refused = "refused";

export const idsOf = ({ stage }: Arena): Ids => ({ own: stage.a.id, foreign: stage.b.id });

/** The key of a row of one's own, as Prisma takes a compound id. */
export const own = ({ own: tenantId }: Ids, id: number) => ({ tenantId_id: { tenantId, id } });
/** The key of the other tenant's row. */
export const foreign = ({ foreign: tenantId }: Ids, id: number) => ({
  tenantId_id: { tenantId, id },
});

/** What A was given, or that it was refused where the case says so. */
export async function outcomeOf(arena: Arena, one: Case, prisma: Client): Promise<unknown> {
  const work = arena.stage.asA(async () => one.run(prisma, idsOf(arena)));
  if (one.gives !== refused) return work;
  return work.then(
    (given) => ({ given }),
    () => refused,
  );
}
