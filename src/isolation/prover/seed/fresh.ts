import type { Oid } from "../../catalog/catalog.js";
import { rehearse } from "./attempt.js";
import type { FreshRow, SeedOptions, TenantLabel } from "./contract.js";
import type { Ground } from "./ground.js";
import type { Writer } from "./writer.js";

/** A further row, rehearsed and taken back. */
export async function freshRow(
  ground: Ground,
  writer: Writer,
  table: Oid,
  tenant: TenantLabel,
  options: SeedOptions,
): Promise<FreshRow | { readonly unproven: string }> {
  await options.actAs(tenant, ground.tenants[tenant]);
  let unproven = "nothing can be put into it";
  for (const leaf of ground.leavesOf(table)) {
    const shape = ground.shapes.get(leaf);
    if (shape === undefined) continue;
    const result = await writer.write([shape], {
      tenant,
      ordinal: 1,
      mayCollide: false,
      around: (work) => rehearse(ground.session, work),
    });
    if ("reason" in result) {
      unproven = result.reason;
      continue;
    }
    const given = shape.relation.columns.filter(
      ({ generated, identity }) => generated === "" && identity !== "always",
    );
    const { values } = result.written[0]!;
    return { values: Object.fromEntries(given.map(({ name }) => [name, values[name] ?? null])) };
  }
  return { unproven };
}
