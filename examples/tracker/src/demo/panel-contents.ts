import type { Tenant } from "tenantry";
import type { AttackGroup, PanelContents } from "../page/panel.js";
import { lesserMemberOf, ownerOf, type DemoAccount } from "../seed/accounts.js";
import { demoTenants, type DemoTenant } from "../seed/tenants.js";
import { claimAttacks, idAttacks } from "./by-request.js";
import { sqlAttacks } from "./by-sql.js";
import { tokenAttacks } from "./by-token.js";
import { comparisons } from "./comparison.js";
import type { DemoTokens } from "./tokens.js";

/** What the attacks of the page are made with. */
export interface Arsenal {
  readonly tenantIds: ReadonlyMap<string, string>;
  readonly tokens: DemoTokens;
  /** By the slug of the tenant that it was a seal of. */
  readonly expiredSeal: (slug: string) => Promise<string>;
  /** Whether the twin is there. */
  readonly usualWay: boolean;
}

/** The attacks for a tenant's page; null for a tenant that the demo does not know. */
export async function panelContents(
  tenant: Pick<Tenant, "slug">,
  arsenal: Arsenal,
  origin: string,
): Promise<PanelContents | null> {
  const own = demoTenants.find(({ slug }) => slug === tenant.slug);
  const other = demoTenants.find(({ slug, suspended }) => slug !== tenant.slug && !suspended);
  const otherId = other === undefined ? undefined : arsenal.tenantIds.get(other.slug);
  if (own === undefined || other === undefined || otherId === undefined) return null;
  const expiredSeal = await arsenal.expiredSeal(other.slug);
  const tokenOf = async (account: DemoAccount | undefined, { slug }: DemoTenant) =>
    account === undefined ? null : arsenal.tokens.of(account, slug);
  const otherToken = await tokenOf(ownerOf(other.slug), other);
  const lesserToken = await tokenOf(lesserMemberOf(own.slug), own);
  const targets = { own, other, otherId, otherToken, lesserToken, expiredSeal };
  return {
    other: other.name,
    groups: attackGroups(targets),
    comparisons: arsenal.usualWay ? comparisons(targets) : null,
    origin,
  };
}

export interface Targets {
  readonly own: DemoTenant;
  readonly other: DemoTenant;
  readonly otherId: string;
  readonly otherToken: string | null;
  readonly lesserToken: string | null;
  readonly expiredSeal: string;
}

export function attackGroups(targets: Targets): readonly AttackGroup[] {
  return [
    {
      title: "By id",
      intro: "The ids of all tenants start at 1, so they collide on purpose.",
      attacks: idAttacks(targets),
    },
    {
      title: "By SQL injection",
      intro:
        "In this demo, and only here, the search puts what you type straight into its SQL. Such a mistake must not reach past the tenant that it is made in.",
      attacks: sqlAttacks(targets),
    },
    {
      title: "By pretending to be someone else",
      intro:
        "The host decides the tenant, and the token who you are. Whatever names a tenant has to agree with the host.",
      attacks: [...tokenAttacks(targets), ...claimAttacks(targets)],
    },
  ];
}
