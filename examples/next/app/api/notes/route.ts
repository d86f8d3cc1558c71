import { tenancy } from "../../../lib/tenancy";
import { tenantry } from "../../../lib/tenantry";

export const GET = tenancy.route(async () => {
  const { rows } = await tenantry().db.query("select id, body from note order by id");
  return Response.json(rows);
});
