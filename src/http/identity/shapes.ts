import { z } from "zod";
import type { Account, ApiKey, Invitation, Membership, Session } from "../../identity/index.js";
import type { TenantTokens } from "../../identity/index.js";

/** What comes in. Lengths are bounded here; what is right is for identity to say. */
export const text = (most: number) => z.string().min(1).max(most);
export const email = text(508);
export const password = z.string().max(4_096);
export const opaqueToken = text(256);
/** RFC 6749 appendix A.1. */
export const clientId = z.string().regex(/^[\x20-\x7e]{1,128}$/);
export const roleName = z.string().regex(/^[a-z][a-z0-9-]{0,31}$/);
export const permissionList = z.array(text(65)).max(64);

export const nothing = z.strictObject({});

/** What goes out. */
const time = z.iso.datetime();

export const accountShape = z.object({
  id: z.uuid(),
  email: z.string(),
  emailVerified: z.boolean(),
});
export const asAccountShape = ({ id, email, emailVerifiedAt }: Account) => ({
  id,
  email,
  emailVerified: emailVerifiedAt !== null,
});

export const sessionShape = z.object({
  id: z.uuid(),
  current: z.boolean(),
  methods: z.array(z.string()),
  authenticatedAt: time,
  seenAt: time,
  expiresAt: time,
  address: z.string().nullable(),
  userAgent: z.string().nullable(),
});
export const asSessionShape = (session: Session, currentId: string) => ({
  id: session.id,
  current: session.id === currentId,
  methods: session.methods,
  authenticatedAt: session.authenticatedAt.toISOString(),
  seenAt: session.seenAt.toISOString(),
  expiresAt: session.expiresAt.toISOString(),
  address: session.address,
  userAgent: session.userAgent,
});

export const memberShape = z.object({
  accountId: z.uuid(),
  email: z.string().nullable(),
  role: z.string(),
  status: z.enum(["active", "suspended", "removed"]),
  createdAt: time,
});
export const asMemberShape = (member: Membership, address: string | null) => ({
  accountId: member.accountId,
  email: address,
  role: member.role,
  status: member.status,
  createdAt: member.createdAt.toISOString(),
});

export const invitationShape = z.object({
  id: z.uuid(),
  email: z.string(),
  role: z.string(),
  expiresAt: time,
});
export const asInvitationShape = (invitation: Invitation) => ({
  id: invitation.id,
  email: invitation.email,
  role: invitation.role,
  expiresAt: invitation.expiresAt.toISOString(),
});

export const keyShape = z.object({
  id: z.uuid(),
  name: z.string(),
  permissions: z.array(z.string()),
  createdBy: z.uuid(),
  createdAt: time,
  expiresAt: time.nullable(),
  usedAt: time.nullable(),
});
export const asKeyShape = (key: ApiKey) => ({
  id: key.id,
  name: key.name,
  permissions: key.permissions,
  createdBy: key.createdBy,
  createdAt: key.createdAt.toISOString(),
  expiresAt: key.expiresAt?.toISOString() ?? null,
  usedAt: key.usedAt?.toISOString() ?? null,
});

/** RFC 6749 §5.1; `issued_token_type` is RFC 8693 §2.2.1's. */
export const tokenShape = z.object({
  access_token: z.string(),
  token_type: z.literal("Bearer"),
  expires_in: z.number().int(),
  refresh_token: z.string().optional(),
  issued_token_type: z.string().optional(),
});
export const asTokenShape = ({ accessToken, claims }: TenantTokens) => ({
  access_token: accessToken,
  token_type: "Bearer" as const,
  expires_in: claims.expiresAt - claims.issuedAt,
});
