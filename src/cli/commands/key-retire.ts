import { rowsOf } from "../../database/migrations/client.js";
import type { Command } from "../command.js";
import { migrationUrlOption } from "../connection.js";
import { withKeys } from "../key-access.js";
import { printResult } from "../print.js";
import { usageError } from "../usage-error.js";

export const keyRetireCommand: Command = {
  name: "key retire",
  summary: "Take a seal key away: what was sealed with its secret is refused from now on.",
  usage: "<key id>",
  options: migrationUrlOption,
  positionals: 1,
  async run(invocation) {
    const id = invocation.positionals[0]!;
    if (!/^[0-9a-f]{8}$/.test(id)) {
      throw usageError(`${JSON.stringify(id)} is not a key id.`, "See tenantry key list.");
    }
    const [row] = await withKeys(invocation, (client) =>
      rowsOf<{ line: string }>(client, "select tenantry.retire_seal_key($1) as line", [id]),
    );
    return printResult(invocation, { id, line: row?.line }, row?.line ?? "");
  },
};
