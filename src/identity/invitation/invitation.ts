/** Someone who was asked into a tenant. */
export interface Invitation {
  readonly id: string;
  readonly email: string;
  readonly role: string;
  /** The account that invites. */
  readonly invitedBy: string;
  readonly createdAt: Date;
  readonly expiresAt: Date;
}

interface Row {
  readonly id: string;
  readonly email: string;
  readonly role: string;
  readonly invited_by: string;
  readonly created_at: Date;
  readonly expires_at: Date;
}

export function asInvitation(given: unknown): Invitation {
  const { id, email, role, invited_by, created_at, expires_at } = given as Row;
  return Object.freeze({
    id,
    email,
    role,
    invitedBy: invited_by,
    createdAt: created_at,
    expiresAt: expires_at,
  });
}
