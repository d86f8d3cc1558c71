import type { Command } from "../command.js";
import { operatorUrlOption } from "../connection.js";
import { stringOption } from "../parse.js";
import { printResult } from "../print.js";
import { withRegistry } from "../registry-access.js";

export const tenantCreateCommand: Command = {
  name: "tenant create",
  summary: "Create a tenant.",
  usage: "<slug> [--name <name>] [--placement <pool>]",
  details: "The slug is the DNS label that the tenant is reached under. It can never be changed.",
  options: {
    ...operatorUrlOption,
    name: { type: "string", value: "<name>", description: "default: the slug" },
    placement: { type: "string", value: "<pool>", description: 'default: "default"' },
  },
  positionals: 1,
  async run(invocation) {
    const slug = invocation.positionals[0]!;
    const name = stringOption(invocation, "name") ?? slug;
    const placement = stringOption(invocation, "placement");
    const tenant = await withRegistry(invocation, ({ tenants }) =>
      tenants.create({ slug, name, ...(placement === undefined ? {} : { placement }) }),
    );
    return printResult(invocation, tenant, `Created ${tenant.slug} with the id ${tenant.id}.`);
  },
};
