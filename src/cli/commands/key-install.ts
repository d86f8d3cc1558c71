import { createKeyRing } from "../../core/seal/key-ring.js";
import { installSealKeys } from "../../database/seal-keys.js";
import type { Command } from "../command.js";
import { migrationUrlOption } from "../connection.js";
import { withKeys } from "../key-access.js";
import { printResult } from "../print.js";
import { usageError } from "../usage-error.js";

export const keyInstallCommand: Command = {
  name: "key install",
  summary: "Install the keys of TENANTRY_SECRET, so that the database accepts its seals.",
  usage: "",
  details: `To replace a secret: install the new one's keys; deploy the application with [new, old]; then
with the new one alone; then retire the old key. Two can be live at a time.`,
  options: migrationUrlOption,
  async run(invocation) {
    const secret = invocation.terminal.env["TENANTRY_SECRET"];
    if (!secret) {
      throw usageError(
        "TENANTRY_SECRET is not set.",
        "Set it to the secret whose keys shall be installed; it is not taken as an argument, which others could see.",
      );
    }
    const ring = createKeyRing(secret);
    const lines = await withKeys(invocation, (client) => installSealKeys(client, ring));
    return printResult(invocation, { id: ring.current.id, lines }, lines.join("\n"));
  },
};
