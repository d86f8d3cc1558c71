import type { Oid } from "../catalog/catalog.js";
import { describeRefusal, type Attempt } from "./attempt.js";
import { withoutTriggers } from "./probes/write.js";
import type { FreshRow, TenantLabel } from "./seed/contract.js";
import type { Stage } from "./stage.js";
import type { World } from "./world.js";

/**
 * A row that can be inserted now. Where the table takes no further one it is the one that is there,
 * put out of the way until the savepoint's end: to be called behind one.
 */
export async function spareRow(
  stage: Stage,
  world: World,
  table: Oid,
  tenant: TenantLabel,
): Promise<FreshRow | { readonly unproven: string }> {
  const row = await world.fresh(table, tenant);
  if ("unproven" in row || row.inPlaceOf === undefined) return row;
  const removed = await putAside(stage, row.inPlaceOf, tenant);
  if (!removed.ok) {
    return {
      unproven: `the row that is there could not be put aside: ${describeRefusal(removed)}`,
    };
  }
  return removed.count > 0 ? row : { unproven: "the row that is there could not be put aside" };
}

/**
 * Deletes rows of a tenant's until the savepoint's end, with keys and triggers at rest where they may be.
 * @param rows `table where …`
 */
export async function putAside(stage: Stage, rows: string, tenant: TenantLabel): Promise<Attempt> {
  const { restsTriggers, seesAll } = stage.power;
  if (restsTriggers) await stage.asProver(withoutTriggers);
  const removed = await stage.tryAsProver(`delete from ${rows}`, seesAll ? undefined : tenant);
  if (restsTriggers) await stage.asProver("set local session_replication_role = origin");
  return removed;
}
