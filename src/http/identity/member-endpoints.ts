import { z } from "zod";
import type { Endpoint, Given } from "./contract.js";
import type { Membership } from "../../identity/index.js";
import { endpoint } from "./endpoint.js";
import * as shape from "./shapes.js";

const one = async ({ identity }: Given<never>, membership: Membership) => {
  const emails = await identity.accounts.emailsOf([membership.accountId]);
  return shape.asMemberShape(membership, emails.get(membership.accountId) ?? null);
};

/** The members of the host's tenant. What the caller may is asked of the database, not of his token. */
export const memberEndpoints: readonly Endpoint[] = [
  endpoint({
    ...{ method: "GET", path: "/auth/members", audience: "tenant-host", authentication: "member" },
    summary: "The members of the tenant.",
    answer: { status: 200, schema: z.object({ members: z.array(shape.memberShape) }) },
    async handle({ identity, member }) {
      const { tenant, by } = await member();
      const members = await identity.members.list(tenant, by);
      const emails = await identity.accounts.emailsOf(members.map(({ accountId }) => accountId));
      return {
        status: 200,
        body: {
          members: members.map((each) =>
            shape.asMemberShape(each, emails.get(each.accountId) ?? null),
          ),
        },
      };
    },
  }),
  endpoint({
    ...{ method: "PATCH", path: "/auth/members/{id}", audience: "tenant-host" },
    authentication: "member",
    summary: "Gives a member another role, or suspends or reactivates one: one of the two.",
    body: {
      format: "json",
      schema: z.union([
        z.strictObject({ role: shape.roleName }),
        z.strictObject({ status: z.enum(["active", "suspended"]) }),
      ]),
    },
    answer: { status: 200, schema: shape.memberShape },
    async handle(given) {
      const { identity, body, id } = given;
      const { tenant, by } = await given.member();
      const { members } = identity;
      if ("role" in body) {
        const changed = await members.changeRole(tenant, id, body.role, by);
        return { status: 200, body: await one(given as Given<never>, changed) };
      }
      const changed = await (body.status === "active"
        ? members.reactivate(tenant, id, by)
        : members.suspend(tenant, id, by));
      return { status: 200, body: await one(given as Given<never>, changed) };
    },
  }),
  endpoint({
    ...{ method: "DELETE", path: "/auth/members/{id}", audience: "tenant-host" },
    authentication: "member",
    summary: "Removes a member; with one's own id, leaves.",
    answer: { status: 204 },
    async handle({ identity, member, id }) {
      const { tenant, by } = await member();
      await identity.members.remove(tenant, id, by);
      return { status: 204 };
    },
  }),
];
