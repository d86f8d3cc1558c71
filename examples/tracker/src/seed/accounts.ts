/** An account of the demo. */
export interface DemoAccount {
  readonly email: string;
  /** Known to everyone who reads this: the tracker is reached from this machine alone. */
  readonly password: string;
  /** Its role by the slug of the tenant. */
  readonly roles: Readonly<Record<string, string>>;
}

export const demoAccounts: readonly DemoAccount[] = [
  {
    email: "alice@acme.test",
    password: "violet-anchor-41-teapots",
    roles: { acme: "owner", globex: "viewer" },
  },
  {
    email: "bob@globex.test",
    password: "copper-window-17-lanterns",
    roles: { globex: "owner" },
  },
  {
    email: "mallory@acme.test",
    password: "marble-ladder-88-pickles",
    roles: { acme: "member" },
  },
];

/** Who may most in a tenant. */
export function ownerOf(slug: string): DemoAccount | undefined {
  return demoAccounts.find(({ roles }) => roles[slug] === "owner");
}

/** Someone who belongs to a tenant and may not delete there. */
export function lesserMemberOf(slug: string): DemoAccount | undefined {
  return demoAccounts.find(({ roles }) => roles[slug] === "member" || roles[slug] === "viewer");
}
