import { z } from "zod";
import type { Endpoint } from "./contract.js";
import { endpoint } from "./endpoint.js";
import * as shape from "./shapes.js";

const role = z.object({ name: z.string(), permissions: z.array(z.string()) });

/** The tenant's own roles, beside owner, admin, member and viewer. */
export const roleEndpoints: readonly Endpoint[] = [
  endpoint({
    ...{ method: "GET", path: "/auth/roles", audience: "tenant-host", authentication: "member" },
    summary: "The tenant's own roles.",
    answer: { status: 200, schema: z.object({ roles: z.array(role) }) },
    async handle({ identity, member }) {
      const { tenant, by } = await member();
      return { status: 200, body: { roles: await identity.tenantRoles.list(tenant, by) } };
    },
  }),
  endpoint({
    ...{ method: "PUT", path: "/auth/roles/{id}", audience: "tenant-host" },
    authentication: "member",
    summary: "Makes a role of that name, or gives it other permissions.",
    body: { format: "json", schema: z.strictObject({ permissions: shape.permissionList }) },
    answer: { status: 204 },
    async handle({ identity, body: { permissions }, member, id: name }) {
      const { tenant, by } = await member();
      await identity.tenantRoles.save(tenant, { name, permissions }, by);
      return { status: 204 };
    },
  }),
  endpoint({
    ...{ method: "DELETE", path: "/auth/roles/{id}", audience: "tenant-host" },
    authentication: "member",
    summary: "Removes a role; its members may nothing until they get another.",
    answer: { status: 204 },
    async handle({ identity, member, id: name }) {
      const { tenant, by } = await member();
      await identity.tenantRoles.remove(tenant, name, by);
      return { status: 204 };
    },
  }),
];
