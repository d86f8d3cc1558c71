import type { Command } from "../command.js";
import { operatorUrlOption } from "../connection.js";
import { changeStatus } from "../status-change.js";

export const tenantReactivateCommand: Command = {
  name: "tenant reactivate",
  summary: "Make a suspended tenant active again.",
  usage: "<id or slug>",
  options: operatorUrlOption,
  positionals: 1,
  run: (invocation) => changeStatus(invocation, "reactivate"),
};
