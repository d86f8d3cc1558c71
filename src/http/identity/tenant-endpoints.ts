import { z } from "zod";
import type { Endpoint } from "./contract.js";
import { endpoint } from "./endpoint.js";
import { originOfTenant } from "./hosts.js";

const choice = z.object({
  tenant: z.object({ id: z.uuid(), slug: z.string(), name: z.string() }),
  role: z.string(),
  /** Where the tenant's own host signs the browser in. */
  login: z.url(),
});

/** The tenants that an account can go to. */
export const tenantEndpoints: readonly Endpoint[] = [
  endpoint({
    ...{ method: "GET", path: "/auth/tenants", audience: "auth-host", authentication: "session" },
    summary: "The tenants that the account is a member of.",
    answer: { status: 200, schema: z.object({ tenants: z.array(choice) }) },
    async handle({ identity, session }) {
      const { accountId } = await session();
      const choices = await identity.tenantChoices.list(accountId);
      const tenants = choices.map((each) => ({
        ...each,
        login: `${originOfTenant(identity, each.tenant.slug)}/auth/login`,
      }));
      return { status: 200, body: { tenants } };
    },
  }),
];
