/** Every permission of the tracker's own; members and roles have identity's. */
export const permissions = [
  "projects:read",
  "projects:write",
  "projects:delete",
  "documents:read",
  "invoices:read",
] as const;

export type TrackerPermission = (typeof permissions)[number];

const reading = ["projects:read", "documents:read", "invoices:read"] as const;

/** An owner and an admin may everything; only they delete. */
export const roles = { member: [...reading, "projects:write"], viewer: reading };
