import type { Parts } from "./app.js";
import { globalId, rowId } from "./global-id.js";
import { poolFor, type Row } from "./rows.js";

interface ProjectInput {
  readonly name: string;
  readonly notes?: string;
  readonly tenantId?: string;
}

export function mutationsFor(parts: Parts) {
  const { bugs, tenantry, unscoped } = parts;
  return {
    createProject: async ({ input }: { input: ProjectInput }) => {
      const { name, notes = "", tenantId } = input;
      const taken = await poolFor(parts, "unique name").query(
        "select 1 from projects where name = $1",
        [name],
      );
      if (taken.rows.length > 0) throw new Error("That name is taken.");
      const planted = bugs.has("tenant from body") && tenantId !== undefined;
      const { rows } = planted
        ? await unscoped.query<Row>(
            "insert into projects (tenant_id, name, notes) values ($3, $1, $2) returning *",
            [name, notes, tenantId],
          )
        : await tenantry.db.query<Row>(
            "insert into projects (name, notes) values ($1, $2) returning *",
            [name, notes],
          );
      return { project: projectOf(rows[0]!) };
    },
    updateProject: async ({ input }: { input: { id: string; patch: Partial<ProjectInput> } }) => {
      const { rows } = await poolFor(parts, "update by id").query<Row>(
        "update projects set name = coalesce($2, name), notes = coalesce($3, notes) where id = $1 returning *",
        [rowId("Project", input.id), input.patch.name ?? null, input.patch.notes ?? null],
      );
      return { project: rows[0] === undefined ? null : projectOf(rows[0]) };
    },
    deleteProject: async ({ id }: { id: string }) => {
      const { rowCount } = await poolFor(parts, "delete by id").query(
        "delete from projects where id = $1",
        [rowId("Project", id)],
      );
      return rowCount === 1;
    },
    archiveProject: async ({ id }: { id: string }) => {
      const { rows } = await poolFor(parts, "archive by id").query<Row>(
        "update projects set archived = true, notes = notes || '!' where id = $1 returning *",
        [rowId("Project", id)],
      );
      return rows[0] === undefined ? null : projectOf(rows[0]);
    },
    archiveProjects: async ({ projectIds }: { projectIds: readonly string[] }) => {
      const { rowCount } = await poolFor(parts, "archive among own").query(
        "update projects set archived = true, notes = notes || '!' where id = any($1)",
        [projectIds.flatMap((id) => rowId("Project", id) ?? [])],
      );
      return rowCount;
    },
    createTask: async ({ projectId, title }: { projectId: string; title: string }) => {
      const { rows } = await poolFor(parts, "foreign parent in body").query<Row>(
        "insert into tasks (tenant_id, project_id, title) select tenant_id, id, $2 from projects where id = $1 returning *",
        [rowId("Project", projectId), title],
      );
      if (rows[0] === undefined) throw new Error("There is no such project.");
      return { ...rows[0], id: globalId("Task", rows[0]["id"]) };
    },
    deleteTask: async ({ id }: { id: string }) => {
      const { rowCount } = await tenantry.db.query("delete from tasks where id = $1", [
        rowId("Task", id),
      ]);
      return rowCount === 1;
    },
    archiveEverything: async () => {
      await tenantry.db.query("update projects set archived = true");
      throw new Error("Nobody asked for this.");
    },
  };
}

function projectOf(row: Row) {
  return { ...row, id: globalId("Project", row["id"]), tasks: [] };
}
