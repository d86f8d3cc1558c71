import { Hono } from "hono";
import { notFound } from "tenantry/hono";
import type { Parts } from "./app.js";
import { isUuid, poolFor, rowOf, type Pool, type Row } from "./rows.js";
import { projectOracle } from "./oracles.js";

const columns = "id, name, notes, archived";

export function projectRoutes(parts: Parts): Hono {
  const { bugs, tenantry, unscoped } = parts;
  const routes = new Hono();
  const cached = new Map<string, readonly Row[]>();

  routes.get("/", async (context) => {
    const search = context.req.query("search");
    const ids = context.req.query("ids")?.split(",").filter(isUuid);
    if (ids !== undefined)
      return context.json({ projects: await byIds(poolFor(parts, "ids in the query"), ids) });
    if (search !== undefined)
      return context.json({ projects: await bySearch(poolFor(parts, "search"), search) });
    const key = new URL(context.req.url).search;
    const rows = bugs.has("cache without tenant") ? cached.get(key) : undefined;
    const found =
      rows ??
      (await poolFor(parts, "list").query<Row>(`select ${columns} from projects order by name`))
        .rows;
    if (bugs.has("cache without tenant")) cached.set(key, found);
    return context.json({ projects: found });
  });

  routes.post("/", async (context) => {
    const body = await context.req
      .json<{ name?: unknown; notes?: unknown; tenantId?: string }>()
      .catch(() => null);
    if (typeof body?.name !== "string" || body.name === "")
      return context.json({ error: "`name` is required." }, 400);
    const values = [body.name, typeof body.notes === "string" ? body.notes : ""];
    if (bugs.has("tenant from body") && body.tenantId !== undefined) {
      const { rows } = await unscoped.query<Row>(
        `insert into projects (tenant_id, name, notes) values ($3, $1, $2) returning ${columns}`,
        [...values, body.tenantId],
      );
      return context.json(rows[0], 201);
    }
    const taken = await poolFor(parts, "unique name").query(
      "select 1 from projects where name = $1",
      [body.name],
    );
    if (taken.rows.length > 0) return context.json({ error: "That name is taken." }, 409);
    const { rows } = await tenantry.db.query<Row>(
      `insert into projects (name, notes) values ($1, $2) returning ${columns}`,
      values,
    );
    return context.json(rows[0], 201);
  });

  routes.post("/archive", async (context) => {
    const { projectIds = [] } = await context.req
      .json<{ projectIds?: string[] }>()
      .catch(() => ({ projectIds: [] }));
    const ids = Array.isArray(projectIds) ? projectIds.filter(isUuid) : [];
    const { rowCount } = await poolFor(parts, "archive among own").query(
      "update projects set archived = true where id = any($1)",
      [ids],
    );
    return context.json({ archived: rowCount });
  });

  routes.get("/:id", async (context) => {
    if (bugs.has("error detail")) {
      await tenantry.db.query("select 1 from projects where id = $1", [context.req.param("id")]);
    }
    const oracle = await projectOracle(parts, context);
    if (oracle !== null) return oracle;
    const id = bugs.has("decoded twice")
      ? decodeURIComponent(context.req.param("id"))
      : context.req.param("id");
    const original = bugs.has("X-Original-URL")
      ? context.req.header("x-original-url")?.split("/").at(-1)
      : undefined;
    const pool =
      bugs.has("decoded twice") && id !== context.req.param("id")
        ? unscoped
        : original === undefined
          ? poolFor(parts, "read by id")
          : unscoped;
    return context.json(
      await rowOf(pool, `select ${columns} from projects where id = $1`, original ?? id),
    );
  });

  routes.patch("/:id", async (context) => {
    const body = await context.req.json<{ name?: string; notes?: string }>().catch(() => null);
    if (body === null) return context.json({ error: "bad request" }, 400);
    const update =
      "update projects set name = coalesce($2, name), notes = coalesce($3, notes) where id = $1";
    const values = [body.name ?? null, body.notes ?? null];
    if (bugs.has("blind update by id") && isUuid(context.req.param("id")))
      await unscoped.query(update, [context.req.param("id"), ...values]);
    return context.json(
      await rowOf(
        poolFor(parts, "update by id"),
        `${update} returning ${columns}`,
        context.req.param("id"),
        values,
      ),
    );
  });

  routes.delete("/:id", async (context) => {
    await rowOf(
      poolFor(parts, "delete by id"),
      "delete from projects where id = $1 returning id",
      context.req.param("id"),
    );
    return context.body(null, 204);
  });

  routes.post("/:id", async (context) => {
    if (!bugs.has("method override") || context.req.header("x-http-method-override") !== "DELETE")
      throw notFound();
    await rowOf(
      unscoped,
      "delete from projects where id = $1 returning id",
      context.req.param("id"),
    );
    return context.body(null, 204);
  });

  routes.get("/:id/tasks", async (context) => {
    await rowOf(
      poolFor(parts, "tasks of a foreign project"),
      "select id from projects where id = $1",
      context.req.param("id"),
    );
    const { rows } = await poolFor(parts, "tasks of a foreign project").query<Row>(
      "select id, title from tasks where project_id = $1",
      [context.req.param("id")],
    );
    return context.json({ tasks: rows });
  });

  routes.post("/:id/tasks", async (context) => {
    const body = await context.req.json<{ title?: unknown }>().catch(() => null);
    if (typeof body?.title !== "string")
      return context.json({ error: "`title` is required." }, 400);
    const project = await rowOf(
      poolFor(parts, "foreign parent in path"),
      "select id, tenant_id from projects where id = $1",
      context.req.param("id"),
    );
    const pool = poolFor(parts, "foreign parent in path");
    const { rows } = await pool.query<Row>(
      "insert into tasks (tenant_id, project_id, title) values ($3, $1, $2) returning id, title",
      [project["id"], body.title, project["tenant_id"]],
    );
    return context.json(rows[0], 201);
  });

  return routes;
}

async function byIds(pool: Pool, ids: readonly string[]): Promise<readonly Row[]> {
  return (await pool.query<Row>(`select ${columns} from projects where id = any($1)`, [ids])).rows;
}

async function bySearch(pool: Pool, search: string): Promise<readonly Row[]> {
  return (
    await pool.query<Row>(`select ${columns} from projects where name ilike '%' || $1 || '%'`, [
      search,
    ])
  ).rows;
}
