import { quoted } from "../../../catalog/names.js";
import { attacks, type Attack } from "../../rules.js";
import { madeBeside, type Site, type TableMutant } from "../mutant.js";
import { tellsTenant, typeOfTenant } from "../policies.js";

/** A SECURITY DEFINER function of the prover's own, which whoever is let may execute. */
function definer(
  name: string,
  gaps: string,
  expect: Attack,
  parts: (site: Site) => { given?: string; returns: string; body: string; language?: string },
  kind: "function" | "procedure" = "function",
): TableMutant {
  return {
    name,
    gaps,
    expect: [expect],
    on: "table",
    sql(site) {
      const { given = "", returns, body, language = "sql" } = parts(site);
      const result = kind === "procedure" ? "" : `returns ${returns}`;
      return [
        `create ${kind} ${madeBeside(site)}(${given}) ${result} language ${language} security definer set search_path = pg_catalog, pg_temp as $mutant$ ${body} $mutant$`,
        `grant execute on ${kind} ${madeBeside(site)} to ${site.app}`,
      ];
    },
  };
}

/** What leaves the table's rows as they were, for whoever cannot see that it wrote. */
const touch = ({ sql, canary }: Site) => `update ${sql} set ${canary} = ${canary}`;

const keyOf = ({ target }: Site) => {
  const name = target.foreign.key.find((column) => column !== target.tenantColumn) ?? "";
  const type = target.relation.columns.find((column) => column.name === name)?.type ?? "text";
  return { column: quoted(name), type };
};

export const functionMutants: readonly TableMutant[] = [
  definer("definer-returns-all", "C4", attacks.functionRead, ({ sql }) => ({
    returns: `setof ${sql}`,
    body: `select * from ${sql}`,
  })),
  definer("definer-reads-by-tenant", "C4", attacks.functionRead, (site) => ({
    given: `tenant ${typeOfTenant(site.target)}`,
    returns: `setof ${site.sql}`,
    body: `select * from ${site.sql} where ${site.tenant} = $1`,
  })),
  {
    ...definer("definer-reads-by-key", "C4", attacks.functionRead, (site) => ({
      given: `key ${keyOf(site).type}`,
      returns: `setof ${site.sql}`,
      body: `select * from ${site.sql} where ${keyOf(site).column} = $1`,
    })),
    fits: ({ target }) => target.foreign.key.some((column) => column !== target.tenantColumn),
  },
  definer("definer-gathers-into-a-document", "C4", attacks.functionRead, ({ sql }) => ({
    returns: "text",
    body: `select pg_catalog.json_agg(r)::text from ${sql} r`,
  })),
  definer("definer-updates-all", "C4", attacks.functionWrite, (site) => ({
    returns: "void",
    body: touch(site),
  })),
  definer("definer-updates-by-tenant", "C4", attacks.functionWrite, (site) => ({
    given: `tenant ${typeOfTenant(site.target)}`,
    returns: "void",
    language: "plpgsql",
    body: `begin ${touch(site)} where ${site.tenant} = $1; end`,
  })),
  definer(
    "definer-procedure-updates",
    "C4",
    attacks.functionWrite,
    (site) => ({ returns: "", body: touch(site) }),
    "procedure",
  ),
  {
    ...definer("definer-leaves-the-context", "C5", attacks.functionContext, ({ acting }) => ({
      returns: "void",
      language: "plpgsql",
      body: `begin ${acting("b")
        .map((statement) => `${statement.replace(/^select/, "perform")};`)
        .join(" ")} end`,
    })),
    fits: tellsTenant,
  },
];
