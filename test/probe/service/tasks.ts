import { Hono } from "hono";
import type { Parts } from "./app.js";
import { isUuid, poolFor, rowOf, type Row } from "./rows.js";

export function taskRoutes(parts: Parts): Hono {
  const { bugs, tenantry, unscoped } = parts;
  const routes = new Hono();

  routes.get("/", async (context) => {
    const project = context.req.query("projectId");
    if (project === undefined)
      return context.json({
        tasks: (await tenantry.db.query<Row>("select id, title from tasks")).rows,
      });
    const { rows } = await poolFor(parts, "filter").query<Row>(
      "select id, title from tasks where project_id = $1",
      [isUuid(project) ? project : null],
    );
    return context.json({ tasks: rows });
  });

  routes.post("/", async (context) => {
    const body = await context.req
      .json<{ title?: unknown; projectId?: unknown }>()
      .catch(() => null);
    if (typeof body?.title !== "string" || !isUuid(body.projectId))
      return context.json({ error: "bad request" }, 400);
    const known = await poolFor(parts, "foreign parent in body").query<Row>(
      "select id from projects where id = $1",
      [body.projectId],
    );
    if (known.rows.length === 0) return context.json({ error: "There is no such project." }, 422);
    if (!bugs.has("foreign parent in body")) {
      const { rows } = await tenantry.db.query<Row>(
        "insert into tasks (project_id, title) values ($1, $2) returning id, title",
        [body.projectId, body.title],
      );
      return context.json(rows[0], 201);
    }
    const { rows } = await unscoped.query<Row>(
      "insert into tasks (tenant_id, project_id, title) select tenant_id, id, $2 from projects where id = $1 returning id, title",
      [body.projectId, body.title],
    );
    return context.json(rows[0], 201);
  });

  routes.get("/:id", async (context) =>
    context.json(
      await rowOf(
        tenantry.db,
        "select id, title from tasks where id = $1",
        context.req.param("id"),
      ),
    ),
  );

  routes.delete("/:id", async (context) => {
    await rowOf(
      tenantry.db,
      "delete from tasks where id = $1 returning id",
      context.req.param("id"),
    );
    return context.body(null, 204);
  });

  return routes;
}
