import { relations, sql } from "drizzle-orm";
import { foreignKey, integer, pgTable, primaryKey, text, uuid } from "drizzle-orm/pg-core";

/** The default is the one that `tenantry.protect` sets; it lets inserts leave the tenant out. */
const tenantId = () =>
  uuid("tenant_id")
    .notNull()
    .default(sql`tenantry.claimed_tenant()`);

export const country = pgTable("country", { code: text().primaryKey(), name: text().notNull() });

export const project = pgTable(
  "project",
  {
    tenantId: tenantId(),
    id: integer().notNull(),
    title: text().notNull(),
    country: text().references(() => country.code),
  },
  (table) => [primaryKey({ columns: [table.tenantId, table.id] })],
);

export const task = pgTable(
  "task",
  {
    tenantId: tenantId(),
    id: integer().notNull(),
    projectId: integer("project_id").notNull(),
    title: text().notNull(),
  },
  (table) => [
    primaryKey({ columns: [table.tenantId, table.id] }),
    foreignKey({
      columns: [table.tenantId, table.projectId],
      foreignColumns: [project.tenantId, project.id],
    }).onDelete("cascade"),
  ],
);

export const projectRelations = relations(project, ({ many }) => ({ tasks: many(task) }));
export const taskRelations = relations(task, ({ one }) => ({
  project: one(project, {
    fields: [task.tenantId, task.projectId],
    references: [project.tenantId, project.id],
  }),
}));
