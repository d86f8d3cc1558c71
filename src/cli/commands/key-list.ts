import { rowsOf } from "../../database/migrations/client.js";
import type { Command } from "../command.js";
import { migrationUrlOption } from "../connection.js";
import { withKeys } from "../key-access.js";
import { printResult, table } from "../print.js";

interface Key {
  readonly id: string;
  readonly installedAt: Date;
}

export const keyListCommand: Command = {
  name: "key list",
  summary: "List the seal keys that the database accepts.",
  usage: "",
  details: "Ids only: the same secret has the same id everywhere.",
  options: migrationUrlOption,
  async run(invocation) {
    const keys = await withKeys(invocation, (client) =>
      rowsOf<Key>(
        client,
        `select id, min(installed_at) as "installedAt" from tenantry.seal_key group by id order by 2, 1`,
      ),
    );
    const rows = keys.map(({ id, installedAt }) => [id, installedAt.toISOString()]);
    const text = rows.length === 0 ? "No key is installed." : table(["id", "installed"], rows);
    return printResult(invocation, keys, text);
  },
};
