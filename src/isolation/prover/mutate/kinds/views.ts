import { sqlName } from "../../../catalog/names.js";
import { attacks } from "../../rules.js";
import { madeBeside, type Site, type TableMutant, type ViewMutant } from "../mutant.js";

const { viewRead, viewWrite } = attacks;

/** @param query what the view shows */
function view(
  name: string,
  gaps: string,
  query: (site: Site) => string,
  { options = "", grant = "select", to }: { options?: string; grant?: string; to?: string } = {},
): TableMutant {
  return {
    name,
    gaps,
    expect: [grant === "select" ? viewRead : viewWrite],
    on: "table",
    sql: (site) => [
      `create view ${madeBeside(site)} ${options} as ${query(site)}`,
      `grant ${grant} on ${madeBeside(site)} to ${to ?? site.app}`,
    ],
  };
}

const all = ({ sql }: Site) => `select * from ${sql}`;

export const viewMutants: readonly (TableMutant | ViewMutant)[] = [
  view("owners-view", "C1", all),
  view("owners-view-for-public", "C1", all, { to: "public" }),
  view("owners-view-behind-a-barrier", "C1", all, { options: "with (security_barrier = true)" }),
  view("owners-view-of-one-column", "C1", ({ sql, canary }) => `select ${canary} from ${sql}`),
  view("owners-view-that-counts", "C1", ({ sql }) => `select count(*) as rows from ${sql}`),
  view(
    "owners-view-that-gathers",
    "C1",
    ({ sql, canary }) => `select pg_catalog.string_agg(${canary}::text, ',') as texts from ${sql}`,
  ),
  view("updatable-owners-view", "C1 D7", all, { grant: "select, update" }),
  view("deletable-owners-view", "C1 D7", all, { grant: "select, delete" }),
  {
    name: "owners-view-over-an-owners-view",
    gaps: "C1",
    expect: [viewRead],
    on: "table",
    sql: (site) => [
      `create view ${madeBeside(site, "_inner")} as ${all(site)}`,
      `create view ${madeBeside(site)} as select * from ${madeBeside(site, "_inner")}`,
      `grant select on ${madeBeside(site)} to ${site.app}`,
    ],
  },
  {
    name: "materialized-view-granted",
    gaps: "C3",
    expect: [viewRead],
    on: "table",
    sql: (site) => [
      `create materialized view ${madeBeside(site)} as ${all(site)}`,
      `grant select on ${madeBeside(site)} to ${site.app}`,
    ],
  },
  {
    name: "view-loses-security-invoker",
    gaps: "C1",
    expect: [viewRead],
    on: "view",
    sql: (_ground, relation) => [
      `alter view ${sqlName(relation)} reset (security_invoker)`,
      `alter view ${sqlName(relation)} owner to current_user`,
    ],
  },
  {
    name: "view-replaced-without-options",
    gaps: "C2",
    expect: [viewRead],
    on: "view",
    sql: (_ground, relation) => [
      `create or replace view ${sqlName(relation)} as ${relation.definition!.replace(/;\s*$/, "")}`,
      `alter view ${sqlName(relation)} owner to current_user`,
    ],
  },
];
