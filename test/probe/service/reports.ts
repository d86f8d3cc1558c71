import { Hono } from "hono";
import type { Parts } from "./app.js";
import { poolFor, rowOf, type Row } from "./rows.js";

export function reportRoutes(parts: Parts): Hono {
  const routes = new Hono();

  routes.get("/stats", async (context) => {
    const { rows } = await poolFor(parts, "counts everything").query<Row>(
      "select count(*)::int as projects from projects",
    );
    return context.json(rows[0]);
  });

  routes.get("/export", async (context) => {
    const { rows } = await poolFor(parts, "export of everything").query<Row>(
      "select name, notes from projects",
    );
    const lines = rows.map(({ name, notes }) => `${String(name)},${String(notes)}`);
    return context.body(lines.join("\n"), 200, { "content-type": "text/csv" });
  });

  if (parts.bugs.has("undescribed route")) {
    routes.put("/projects/:id", async (context) =>
      context.json(
        await rowOf(
          parts.unscoped,
          "select id, name from projects where id = $1",
          context.req.param("id"),
        ),
      ),
    );
  }

  return routes;
}
