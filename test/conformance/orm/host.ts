import type { PassedPool } from "../../support/passed-pool.js";

/**
 * One ORM over the scoped pool. Every method says what it does with the ORM's own means, and none
 * names a tenant: that is for Tenantry to add.
 */
export interface OrmHost {
  /** Stands in the titles of the suites. */
  readonly name: string;
  /**
   * @param extension whether Tenantry's extension is between the ORM and the pool
   */
  open(pool: PassedPool, how: { readonly extension: boolean }): OpenOrm | Promise<OpenOrm>;
}

export interface Project {
  readonly id: number;
  readonly title: string;
}

export interface ProjectWithTasks extends Project {
  /** By id. */
  readonly tasks: readonly Project[];
}

/** What works on the pool and inside a transaction alike. */
export interface OrmWork {
  findById(id: number): Promise<Project | null>;
  /** By id. */
  list(): Promise<Project[]>;
  /** Gives the row as stored, with its tenant. */
  create(project: Project): Promise<Project & { readonly tenant_id: string }>;
  createMany(projects: readonly Project[]): Promise<number>;
  /** Creates, or changes the title where the id is taken. */
  upsert(project: Project): Promise<void>;
  /** Gives how many rows it changed, as remove does. */
  rename(id: number, title: string): Promise<number>;
  renameAll(title: string): Promise<number>;
  remove(id: number): Promise<number>;
  removeAll(): Promise<number>;
  count(): Promise<number>;
  /** A relation, read in the ORM's own way. */
  withTasks(id: number): Promise<ProjectWithTasks | null>;
  /** An outer join of projects to tasks, as `project title/task title`, in any order. */
  joined(): Promise<string[]>;
  /** A nested write: both, or neither. */
  createWithTasks(project: Project, tasks: readonly Project[]): Promise<void>;
  /** Titles that are in the sub-select of tasks' titles. */
  titlesAmongTasks(): Promise<string[]>;
  /** `select title from project order by title`, named as raw where there is an extension. */
  raw(): Promise<string[]>;
}

export interface OpenOrm extends OrmWork {
  transaction<T>(
    work: (inside: OrmTransaction) => Promise<T>,
    isolation?: "serializable",
  ): Promise<T>;
  /** Both statements at once, in the way the ORM has for it. */
  batch(id: number): Promise<readonly [Project | null, Project[]]>;
  /** As raw(), without a name for it. */
  unnamedRaw(): Promise<unknown>;
  /** Creates a project with the tenant's id set. */
  forge(project: Project, tenantId: string): Promise<unknown>;
  /** Sets a project's tenant. */
  move(id: number, tenantId: string): Promise<unknown>;
  /** Finds by an id that is undefined. */
  findByUndefined(): Promise<Project[]>;
  /** Removes by an id that is undefined: how many. */
  removeByUndefined(): Promise<number>;
  /** Reads a table that is in no list. */
  readUnlisted(): Promise<unknown>;
  /** `select 1 / 0`, or whatever fails in the database. */
  fail(): Promise<unknown>;
}

export interface OrmTransaction extends OrmWork {
  savepoint<T>(work: (inside: OrmWork) => Promise<T>): Promise<T>;
}
