import type { Parts } from "./app.js";
import { globalId, rowId, type Kind } from "./global-id.js";
import { isUuid, poolFor, type Pool, type Row } from "./rows.js";

const tables = {
  Project: "select id, name, notes from projects",
  Task: "select id, title from tasks",
};

/** The resolvers of one request. */
export function queriesFor(parts: Parts) {
  const { bugs, tenantry, unscoped } = parts;
  // Once for all projects of the request.
  let tasks: Promise<readonly Row[]> | undefined;
  const all = () => (tasks ??= rowsOf(poolFor(parts, "nested tasks"), tables.Task, []));
  const recordOf = (kind: Kind, row: Row) => ({
    ...row,
    __typename: kind,
    id: globalId(kind, row["id"]),
    audit: nobodyMaySee,
    secret: nobodyMaySee,
    tasks: async () => (await all()).map((task) => recordOf("Task", task)),
  });
  const find = async (kind: Kind, id: string | null, pool: Pool = tenantry.db) => {
    const found = id === null ? [] : await rowsOf(pool, `${tables[kind]} where id = $1`, [id]);
    return found[0] === undefined ? null : recordOf(kind, found[0]);
  };
  // Whether the request's first project is its sender's: a permission that is asked for once.
  let first: Promise<boolean> | undefined;
  const project = async ({ id }: { id: string }) => {
    if (bugs.has("id without its type") && isUuid(id)) return find("Project", id, unscoped);
    const inner = rowId("Project", id);
    if (bugs.has("only the first alias")) {
      first ??= find("Project", inner).then((found) => found !== null);
      return (await first) ? find("Project", inner, unscoped) : null;
    }
    const found = await find("Project", inner, poolFor(parts, "read by id"));
    if (found !== null || !bugs.has("another error")) return found;
    const foreign = await find("Project", inner, unscoped);
    throw new Error(foreign === null ? "There is no such project." : "This is not your project.");
  };
  return {
    project,
    node: async ({ id }: { id: string }) =>
      (await find("Project", rowId("Project", id), poolFor(parts, "any node"))) ??
      (await find("Task", rowId("Task", id), poolFor(parts, "any node"))),
    task: ({ id }: { id: string }) => find("Task", rowId("Task", id)),
    projects: async ({ search = "" }: { search?: string }) => {
      const pool = search === "" ? poolFor(parts, "list") : poolFor(parts, "search");
      const text = `${tables.Project} where name ilike '%' || $1 || '%' order by name`;
      const rows = await rowsOf(pool, text, [search]);
      const edges = rows.map((row) => ({ cursor: "", node: recordOf("Project", row) }));
      return { totalCount: rows.length, edges };
    },
    projectsById: async ({ ids }: { ids: readonly string[] }) => {
      const inner = ids.flatMap((id) => rowId("Project", id) ?? []);
      const text = `${tables.Project} where id = any($1)`;
      const rows = await rowsOf(poolFor(parts, "ids in the query"), text, [inner]);
      return rows.map((row) => recordOf("Project", row));
    },
    projectCount: async () =>
      (await rowsOf(poolFor(parts, "counts everything"), "select id from projects", [])).length,
    tasks: async ({ where }: { where?: { projectId?: { eq?: string } } }) => {
      const wanted = where?.projectId?.eq;
      if (wanted === undefined)
        return (await rowsOf(tenantry.db, tables.Task, [])).map((row) => recordOf("Task", row));
      const text = `${tables.Task} where project_id = $1`;
      const rows = await rowsOf(poolFor(parts, "filter"), text, [rowId("Project", wanted)]);
      return rows.map((row) => recordOf("Task", row));
    },
  };
}

async function rowsOf(pool: Pool, text: string, values: readonly unknown[]) {
  return (await pool.query<Row>(text, [...values])).rows;
}

function nobodyMaySee(): never {
  throw new Error("Nobody may see this.");
}
