import type { Command } from "../command.js";
import { operatorUrlOption } from "../connection.js";
import { changeStatus } from "../status-change.js";
import { usageError } from "../usage-error.js";

export const tenantArchiveCommand: Command = {
  name: "tenant archive",
  summary: "Archive a tenant, for good.",
  usage: "<id or slug> --for-good",
  details: "It cannot be undone. The slug stays taken, so that nobody else can take it.",
  options: {
    ...operatorUrlOption,
    "for-good": { type: "boolean", description: "says that you know it cannot be undone" },
  },
  positionals: 1,
  async run(invocation) {
    if (invocation.options["for-good"] !== true) {
      throw usageError(
        "Archiving a tenant cannot be undone.",
        "Add --for-good, or use `tenantry tenant suspend`.",
      );
    }
    return changeStatus(invocation, "archive");
  },
};
