import { tenancy } from "../../../lib/tenancy";
import { tenantry } from "../../../lib/tenantry";

const count = tenancy.cached(
  "count",
  async (pattern: string) => {
    const { rows } = await tenantry().db.query<{ n: number }>(
      "select count(*)::int as n from note where body like $1",
      [pattern],
    );
    return { n: rows[0]!.n, at: Date.now() };
  },
  { revalidate: 60, tags: ["notes"] },
);

export const GET = tenancy.route(async () => Response.json(await count("%")));
