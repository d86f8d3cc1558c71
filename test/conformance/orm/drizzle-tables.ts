import { relations } from "drizzle-orm";
import { foreignKey, integer, pgTable, primaryKey, text, uuid } from "drizzle-orm/pg-core";

/** `default` in the database: Drizzle must know of it, or it would ask for the tenant on insert. */
const tenantId = () => uuid("tenant_id").notNull().default("00000000-0000-0000-0000-000000000000");

export const project = pgTable(
  "project",
  { tenantId: tenantId(), id: integer().notNull(), title: text().notNull() },
  (t) => [primaryKey({ columns: [t.tenantId, t.id] })],
);

export const task = pgTable(
  "task",
  {
    tenantId: tenantId(),
    id: integer().notNull(),
    projectId: integer("project_id").notNull(),
    title: text().notNull(),
  },
  (t) => [
    primaryKey({ columns: [t.tenantId, t.id] }),
    foreignKey({
      columns: [t.tenantId, t.projectId],
      foreignColumns: [project.tenantId, project.id],
    }),
  ],
);

export const unlisted = pgTable("unlisted", {
  tenantId: tenantId(),
  id: integer().primaryKey(),
  title: text(),
});

export const schema = {
  project,
  task,
  unlisted,
  projectRelations: relations(project, ({ many }) => ({ tasks: many(task) })),
  taskRelations: relations(task, ({ one }) => ({
    project: one(project, { fields: [task.projectId], references: [project.id] }),
  })),
};
