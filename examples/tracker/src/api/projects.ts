import { Router } from "express";
import type { ScopedPool } from "tenantry";
import { notFound } from "tenantry/express";
import type { FreshPermission } from "tenantry/identity";
import type { TrackerAccess } from "../identity/open-identity.js";
import { BadRequest } from "./bad-request.js";
import { projectFields } from "./project-fields.js";
import { idInPath, largestId, numberParameter, onlyParameters } from "./query-parameters.js";

export interface Project {
  readonly id: number;
  readonly name: string;
  readonly description: string;
  readonly status: "planned" | "active" | "done";
  readonly createdAt: Date;
  readonly updatedAt: Date;
}

export interface ProjectPage {
  readonly projects: readonly Project[];
  /** The `cursor` of the next page; null on the last one. */
  readonly next: string | null;
}

const columns =
  'id, name, description, status, created_at as "createdAt", updated_at as "updatedAt"';

/** No statement here names a tenant: the pool sends each under the scope of its request. */
export function projectRoutes(db: ScopedPool, access: TrackerAccess): Router {
  const routes = Router();

  routes.get("/", async (request, response) => {
    access.requirePermission("projects:read");
    onlyParameters(request, "limit", "cursor");
    const limit = numberParameter(request, "limit", { least: 1, most: 100 }) ?? 20;
    const cursor = numberParameter(request, "cursor", { least: 0, most: largestId }) ?? 0;
    response.json(await listProjects(db, limit, cursor));
  });

  routes.post("/", async (request, response) => {
    access.requirePermission("projects:write");
    const { name, description = "", status = "planned" } = projectFields(request.body);
    if (name === undefined) throw new BadRequest("`name` is missing.");
    const { rows } = await db.query<Project>(insertProject, [name, description, status]);
    response.status(201).location(`/api/projects/${rows[0]!.id}`).json(rows[0]);
  });

  routes.get("/:id", async (request, response) => {
    access.requirePermission("projects:read");
    const found = await theOne(db, `select ${columns} from projects where id = $1`, request);
    response.json(found);
  });

  routes.patch("/:id", async (request, response) => {
    access.requirePermission("projects:write");
    const { name, description, status } = projectFields(request.body);
    if (name === undefined && description === undefined && status === undefined) {
      throw new BadRequest("Nothing to change: give name, description or status.");
    }
    response.json(await theOne(db, updateProject, request, [name, description, status]));
  });

  routes.delete("/:id", async (request, response) => {
    const proof = await access.requireFresh("projects:delete");
    await deleteProject({ db, access }, proof, request);
    response.status(204).end();
  });

  return routes;
}

/**
 * Takes the project's documents and invoices along, so what the token says is not enough: nobody can
 * call this without having asked the database.
 */
async function deleteProject(
  { db, access }: { readonly db: ScopedPool; readonly access: TrackerAccess },
  proof: FreshPermission<"projects:delete">,
  request: WithId,
): Promise<void> {
  access.assertFresh(proof, "projects:delete");
  await theOne(db, `delete from projects where id = $1 returning ${columns}`, request);
}

/** Ordered by id; `after` is the last id of the page before. */
export async function listProjects(
  db: ScopedPool,
  limit: number,
  after: number,
): Promise<ProjectPage> {
  const { rows } = await db.query<Project>(
    `select ${columns} from projects where id > $1 order by id limit $2`,
    [after, limit + 1],
  );
  const projects = rows.slice(0, limit);
  return { projects, next: rows.length > limit ? String(projects.at(-1)!.id) : null };
}

/** The tenant's next number and the project that gets it, in one statement. */
const insertProject = `with counter as (
    insert into counters as c (name, last_id) values ('projects', 1)
    on conflict (tenant_id, name) do update set last_id = c.last_id + 1
    returning c.last_id
  )
  insert into projects (id, name, description, status)
  select last_id, $1, $2, $3 from counter
  returning ${columns}`;

const updateProject = `update projects
  set name = coalesce($2, name), description = coalesce($3, description),
    status = coalesce($4, status), updated_at = now()
  where id = $1
  returning ${columns}`;

interface WithId {
  readonly params: Readonly<Record<string, unknown>>;
}

/** Another tenant's id, an id that nobody has and an id that nobody can have end here alike. */
async function theOne(
  db: ScopedPool,
  statement: string,
  { params }: WithId,
  values: readonly unknown[] = [],
): Promise<Project> {
  const id = idInPath(params["id"]);
  const rows = id === null ? [] : (await db.query<Project>(statement, [id, ...values])).rows;
  if (rows[0] !== undefined) return rows[0];
  throw notFound();
}
