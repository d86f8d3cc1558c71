import type { Context } from "hono";
import type { Parts } from "./app.js";
import { isUuid } from "./rows.js";

/** What tells a foreign id from a missing one, where such a bug is planted; null otherwise. */
export async function projectOracle(
  { bugs, tenantry, unscoped }: Parts,
  context: Context,
): Promise<Response | null> {
  const id = context.req.param("id");
  const oracles = [
    "403 for foreign ids",
    "another body",
    "another header",
    "another ETag",
    "slow for foreign ids",
  ] as const;
  if (!oracles.some((bug) => bugs.has(bug)) || !isUuid(id)) return null;
  const exists = async (pool: Pick<typeof unscoped, "query">) =>
    (await pool.query("select 1 from projects where id = $1", [id])).rows.length > 0;
  if (await exists(tenantry.db as never)) return null;
  const foreign = await exists(unscoped);
  const answer = (text: string) => context.json({ error: text }, 404);
  if (foreign && bugs.has("403 for foreign ids")) return context.json({ error: "forbidden" }, 403);
  if (bugs.has("another body")) return answer(foreign ? "Not yours." : "Not found.");
  if (foreign && bugs.has("another header")) context.header("x-owner", "other");
  if (bugs.has("another ETag")) context.header("etag", foreign ? '"1"' : '"0"');
  if (foreign && bugs.has("slow for foreign ids"))
    await new Promise((resolve) => setTimeout(resolve, 40));
  return answer("Not found.");
}
