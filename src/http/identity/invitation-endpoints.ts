import { z } from "zod";
import { TenantryError } from "../../core/tenantry-error.js";
import { parseEmailAddress } from "../../identity/index.js";
import type { Endpoint } from "./contract.js";
import { endpoint } from "./endpoint.js";
import * as shape from "./shapes.js";

/** Inviting people into the host's tenant; accepting is on the auth host, where the session is. */
export const invitationEndpoints: readonly Endpoint[] = [
  endpoint({
    ...{ method: "GET", path: "/auth/invitations", audience: "tenant-host" },
    authentication: "member",
    summary: "The invitations that wait.",
    answer: { status: 200, schema: z.object({ invitations: z.array(shape.invitationShape) }) },
    async handle({ identity, member }) {
      const { tenant, by } = await member();
      const invitations = await identity.invitations.list(tenant, by);
      return { status: 200, body: { invitations: invitations.map(shape.asInvitationShape) } };
    },
  }),
  endpoint({
    ...{ method: "POST", path: "/auth/invitations", audience: "tenant-host" },
    authentication: "member",
    summary: "Invites an address; the letter has the link.",
    body: {
      format: "json",
      schema: z.strictObject({ email: shape.email, role: shape.roleName }),
    },
    answer: { status: 201, schema: shape.invitationShape },
    async handle({ identity, body, member }) {
      const { tenant, by } = await member();
      const wanted = { email: parseEmailAddress(body.email), role: body.role };
      const { invitation, token } = await identity.invitations.invite(tenant, wanted, by);
      identity.letters.invitation(invitation.email, token, tenant);
      return { status: 201, body: shape.asInvitationShape(invitation) };
    },
  }),
  endpoint({
    ...{ method: "DELETE", path: "/auth/invitations/{id}", audience: "tenant-host" },
    authentication: "member",
    summary: "Takes an invitation back.",
    answer: { status: 204 },
    async handle({ identity, member, id }) {
      const { tenant, by } = await member();
      await identity.invitations.revoke(tenant, id, by);
      return { status: 204 };
    },
  }),
  endpoint({
    ...{ method: "POST", path: "/auth/invitations/accept", audience: "auth-host" },
    authentication: "session",
    summary: "Makes the account a member of the tenant that invited its address.",
    body: {
      format: "json",
      schema: z.strictObject({ tenant: shape.text(63), token: shape.opaqueToken }),
    },
    answer: { status: 200, schema: z.object({ role: z.string() }) },
    async handle({ identity, body, session, caller }) {
      const { accountId } = await session();
      const account = await identity.accounts.find(accountId);
      const tenant = await identity.tenants.find({ by: "slug", value: body.tenant });
      // One answer for an unknown tenant, a foreign invitation and one that is over.
      if (account === null || tenant?.status !== "active") throw linkInvalid();
      const member = await identity.invitations.accept(tenant, body.token, account, caller);
      if (member === null) throw linkInvalid();
      return { status: 200, body: { role: member.role } };
    },
  }),
];

function linkInvalid(): TenantryError {
  return new TenantryError("LINK_INVALID", {
    message: "The invitation is not good: unknown, accepted, taken back, expired, or another's.",
    fix: "Sign in with the address that was invited, or ask for another invitation.",
  });
}
