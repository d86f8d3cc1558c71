import { z } from "zod";
import type { Endpoint } from "./contract.js";
import { endpoint } from "./endpoint.js";
import * as shape from "./shapes.js";

const issued = z.object({ key: shape.keyShape, text: z.string() });

/** Keys for the tenant's own programs. */
export const keyEndpoints: readonly Endpoint[] = [
  endpoint({
    ...{ method: "GET", path: "/auth/keys", audience: "tenant-host", authentication: "member" },
    summary: "The tenant's keys.",
    answer: { status: 200, schema: z.object({ keys: z.array(shape.keyShape) }) },
    async handle({ identity, member }) {
      const { tenant, by } = await member();
      const keys = await identity.apiKeys.list(tenant, by);
      return { status: 200, body: { keys: keys.map(shape.asKeyShape) } };
    },
  }),
  endpoint({
    ...{ method: "POST", path: "/auth/keys", audience: "tenant-host", authentication: "member" },
    summary: "Makes a key; its text is in this answer and nowhere else.",
    body: {
      format: "json",
      schema: z.strictObject({
        name: shape.text(200),
        permissions: shape.permissionList.min(1),
        expiresAt: z.iso.datetime().optional(),
      }),
    },
    answer: { status: 201, schema: issued },
    async handle({ identity, body: { name, permissions, expiresAt }, member }) {
      const { tenant, by } = await member();
      const wanted = {
        ...{ name, permissions },
        ...(expiresAt === undefined ? {} : { expiresAt: new Date(expiresAt) }),
      };
      const { key, text } = await identity.apiKeys.create(tenant, wanted, by);
      return { status: 201, body: { key: shape.asKeyShape(key), text } };
    },
  }),
  endpoint({
    ...{ method: "POST", path: "/auth/keys/{id}/rotate", audience: "tenant-host" },
    authentication: "member",
    summary: "Gives a key a new text; the old one is good for a while.",
    body: {
      format: "json",
      schema: z.strictObject({ overlapSeconds: z.number().int().optional() }),
    },
    answer: { status: 200, schema: issued },
    async handle({ identity, body: { overlapSeconds }, member, id }) {
      const { tenant, by } = await member();
      const overlap = overlapSeconds === undefined ? {} : { overlapSeconds };
      const { key, text } = await identity.apiKeys.rotate(tenant, id, by, overlap);
      return { status: 200, body: { key: shape.asKeyShape(key), text } };
    },
  }),
  endpoint({
    ...{ method: "DELETE", path: "/auth/keys/{id}", audience: "tenant-host" },
    authentication: "member",
    summary: "Revokes a key at once.",
    answer: { status: 204 },
    async handle({ identity, member, id }) {
      const { tenant, by } = await member();
      await identity.apiKeys.revoke(tenant, id, by);
      return { status: 204 };
    },
  }),
];
