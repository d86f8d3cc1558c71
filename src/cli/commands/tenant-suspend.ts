import type { Command } from "../command.js";
import { operatorUrlOption } from "../connection.js";
import { changeStatus } from "../status-change.js";

export const tenantSuspendCommand: Command = {
  name: "tenant suspend",
  summary: "Suspend a tenant: its requests are refused until it is reactivated.",
  usage: "<id or slug>",
  options: operatorUrlOption,
  positionals: 1,
  run: (invocation) => changeStatus(invocation, "suspend"),
};
