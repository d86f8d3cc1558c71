import { z } from "zod";
import type { Endpoint } from "./contract.js";
import { endpoint } from "./endpoint.js";

const event = z.object({
  id: z.string(),
  at: z.iso.datetime(),
  accountId: z.uuid().nullable(),
  type: z.string(),
  outcome: z.enum(["done", "refused"]),
  reason: z.string().nullable(),
  address: z.string().nullable(),
  userAgent: z.string().nullable(),
  detail: z.looseObject({}),
});

/** What happened to the people of the host's tenant. */
export const eventEndpoints: readonly Endpoint[] = [
  endpoint({
    ...{ method: "GET", path: "/auth/events", audience: "tenant-host", authentication: "member" },
    summary: "What happened to the tenant's people, the newest first.",
    query: z.object({
      before: z.string().optional(),
      limit: z
        .string()
        .regex(/^\d{1,4}$/)
        .optional(),
    }),
    answer: { status: 200, schema: z.object({ events: z.array(event) }) },
    async handle({ identity, member, query }) {
      const { tenant, by } = await member();
      const { before, limit } = query;
      const events = await identity.tenantEvents.list(tenant, by, {
        ...(before === undefined ? {} : { before }),
        ...(limit === undefined ? {} : { limit: Number(limit) }),
      });
      return {
        status: 200,
        body: { events: events.map((each) => ({ ...each, at: each.at.toISOString() })) },
      };
    },
  }),
];
