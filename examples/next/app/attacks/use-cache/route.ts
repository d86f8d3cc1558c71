import { tenancy } from "../../../lib/tenancy";
import { tenantry } from "../../../lib/tenantry";

/** The same mistake, in the other spelling. */
async function readNotes(): Promise<unknown[]> {
  "use cache";
  return (await tenantry().db.query("select body from note")).rows;
}

export const GET = tenancy.route(async () => Response.json(await readNotes()));
