import type { Stage } from "../../database/support/stage.js";

/**
 * Texts that give a key away, in each form in which PostgreSQL prints bytes: hexadecimal, and the
 * list of signed numbers of debug_print_plan; without white space. Eight bytes from the middle are
 * enough to know it by.
 */
export async function secretsOf(stage: Pick<Stage, "admin">): Promise<string[]> {
  const rows = await stage.admin("select inner_pad, outer_pad from tenantry.seal_key");
  return rows
    .flatMap((row) => Object.values(row) as Buffer[])
    .flatMap((pad) => {
      const piece = pad.subarray(8, 16);
      return [
        piece.toString("hex"),
        [...piece].map((byte) => (byte > 127 ? byte - 256 : byte)).join(""),
      ];
    });
}
