/** A tenant of the demo, and which of its rows there are. */
export interface DemoTenant {
  readonly slug: string;
  readonly name: string;
  readonly suspended: boolean;
  readonly projects: number;
  /** Every how-manyth project id is missing, as if it had been deleted. */
  readonly missingEvery: number;
  readonly documents: number;
  readonly invoices: number;
}

/**
 * The ids of all tenants start at 1, so nearly every id exists in each, with other data. Where
 * their gaps differ there are ids that only one of them has.
 */
export const demoTenants: readonly DemoTenant[] = [
  {
    slug: "acme",
    name: "Acme",
    suspended: false,
    projects: 120,
    missingEvery: 10,
    documents: 260,
    invoices: 210,
  },
  {
    slug: "globex",
    name: "Globex",
    suspended: false,
    projects: 140,
    missingEvery: 7,
    documents: 300,
    invoices: 180,
  },
  {
    slug: "initech",
    name: "Initech",
    suspended: true,
    projects: 110,
    missingEvery: 9,
    documents: 220,
    invoices: 200,
  },
];

/** Stands in every made-up row of a tenant and in none of another's: what a leak would show. */
export function markOf({ name }: Pick<DemoTenant, "name">): string {
  return `Internal to ${name}`;
}

export function projectIds({ projects, missingEvery }: DemoTenant): readonly number[] {
  return Array.from({ length: projects }, (_, index) => index + 1).filter(
    (id) => id % missingEvery !== 0,
  );
}

/** The lowest project id that `one` has and `other` does not. */
export function idOnlyOf(one: DemoTenant, other: DemoTenant): number {
  const others = new Set(projectIds(other));
  return projectIds(one).find((id) => !others.has(id))!;
}
