import { buildSchema, introspectionFromSchema } from "graphql";
import { describe, expect, it } from "vitest";
import { requestFor } from "../http/request-for.js";
import { nameOf, type Route } from "../routes/route.js";
import { loadGraphql } from "./load.js";

const refused = () => Promise.resolve({ status: 400, text: '{"errors":[{"message":"no"}]}' });
const routesOf = (text: string) => loadGraphql("/graphql", { name: "schema", text }, refused);

/** As `query task: GET /task/{id}`. */
const inWords = ({ method, template, creates, ...route }: Route) =>
  `${nameOf({ method, template, ...route })}: ${creates ? "creates " : ""}${method} ${template}`;

const relay = `
  interface Node { id: ID! }
  type Task implements Node { id: ID! title: String! project: ProjectNode }
  type ProjectNode implements Node { id: ID! name: String! tasks(first: Int!): [Task!]! }
  type TaskEdge { node: Task } type TaskConnection { edges: [TaskEdge!]! }
  type TaskPayload { task: Task clientMutationId: String }
  input NewTask { clientMutationId: String task: TaskFields! }
  input TaskFields { title: String! projectId: ID! }
  input ChangeTask { taskId: ID! title: String }
  type Query {
    node(id: ID!): Node
    viewer: String
    projectTasks(projectId: ID!, first: Int): TaskConnection!
    taskBySlug(slug: String!): Task
  }
  type Mutation {
    createTask(input: NewTask!): TaskPayload
    updateTask(input: ChangeTask!): TaskPayload
    deleteTask(id: ID!): Boolean
    renameProject(id: ID!, name: String!): ProjectNode
    moveTask(taskId: ID!, projectId: ID!): Task
    signOut: Boolean
  }`;

const tables = `
  scalar uuid
  type tasks { id: uuid! title: String! }
  input uuid_filter { _eq: uuid _in: [uuid!] _neq: uuid }
  input tasks_filter { project_id: uuid_filter }
  input tasks_row { title: String project_id: uuid }
  input tasks_key { id: uuid! }
  type changed { affected_rows: Int! returning: [tasks!]! }
  type Query { tasks(where: tasks_filter, limit: Int): [tasks!]! tasks_by_pk(id: uuid!): tasks }
  type Mutation {
    insert_tasks_one(object: tasks_row!): tasks
    update_tasks_by_pk(pk_columns: tasks_key!, _set: tasks_row): tasks
    delete_tasks_by_pk(id: uuid!): tasks
    delete_tasks(where: tasks_filter!): changed
  }`;

describe("the routes of a GraphQL schema", () => {
  it("are what reads, makes, changes and deletes which record", async () => {
    expect((await routesOf(relay)).map(inWords)).toEqual([
      "query node (Task): GET /task/{id}",
      "query node (ProjectNode): GET /project/{id}",
      "query viewer: GET /viewer",
      "query projectTasks: GET /{projectId}/task",
      "query taskBySlug: GET /task/{slug}",
      "mutation createTask: creates POST /task",
      "mutation updateTask: PATCH /task/{taskId}",
      "mutation deleteTask: DELETE /task/{id}",
      "mutation renameProject: PATCH /project/{id}",
      "mutation moveTask: POST /task/{taskId}/moveTask",
      "mutation signOut: POST /signout",
    ]);
  });

  it("are found in the names that generators give as well", async () => {
    expect((await routesOf(tables)).map(inWords)).toEqual([
      "query tasks: GET /task",
      "query tasks_by_pk: GET /task/{id}",
      "mutation insert_tasks_one: creates POST /task",
      "mutation update_tasks_by_pk: PATCH /task/{id}",
      "mutation delete_tasks_by_pk: DELETE /task/{id}",
      "mutation delete_tasks: DELETE /task",
    ]);
  });

  it("put values where the schema has them, and ask for nested records", async () => {
    const routes = await routesOf(relay);
    const create = routes.find((route) => nameOf(route) === "mutation createTask")!;
    const body = requestFor(create, {}, { body: { title: "a", projectId: "p", strange: 1 } }).body!;
    const { query, variables } = JSON.parse(body) as { query: string; variables: unknown };
    expect(variables).toEqual({ input: { task: { title: "a", projectId: "p" } } });
    expect(query).toBe(
      "mutation ($input: NewTask!) { createTask(input: $input) { __typename clientMutationId task { __typename id } } }",
    );
    const read = routes.find((route) => nameOf(route) === "query taskBySlug")!;
    expect(read.graphql!.selection).toBe("{ __typename id title project { __typename id name } }");
    const [list] = await routesOf(tables);
    const filtered = requestFor(
      list!,
      {},
      { query: { project_id: "p", project_ids: "p,q" } },
    ).body!;
    expect(JSON.parse(filtered)).toMatchObject({
      variables: { limit: 50, where: { project_id: { _eq: "p", _in: ["p", "q"] } } },
    });
  });

  it("ask for a bounded number of fields, however large the types", async () => {
    const fields = Array.from({ length: 60 }, (_, index) => `f${index}: String`).join(" ");
    const types = Array.from({ length: 30 }, (_, index) => `T${index}`);
    const wide = types.map((name) => `type ${name} { id: ID! ${fields} all: [Any!]! next: T1 }`);
    const sdl = `union Any = ${types.join(" | ")} type Query { t(id: ID!): T0 } ${wide.join(" ")}`;
    const [route] = await routesOf(sdl);
    expect(route!.graphql!.selection.match(/\bf\d+\b/g)!.length).toBeLessThan(300);
    expect(route!.graphql!.selection).toContain("f38");
  });

  it("are the same from SDL, from a file of introspection, and from the service", async () => {
    const answer = JSON.stringify({ data: introspectionFromSchema(buildSchema(relay)) });
    const names = (await routesOf(relay)).map(inWords);
    expect((await routesOf(answer)).map(inWords)).toEqual(names);
    const asked = await loadGraphql("/graphql", null, async () => ({ status: 200, text: answer }));
    expect(asked.map(inWords)).toEqual(names);
  });

  it("are refused where there is no schema, with what to do", async () => {
    await expect(loadGraphql("/graphql", null, refused)).rejects.toThrow(/answered 400/);
    await expect(routesOf("type Query {")).rejects.toThrow(/no GraphQL schema/);
    await expect(routesOf('{ "openapi": "3.1.0" }')).rejects.toThrow(
      /no answer to an introspection/,
    );
    await expect(routesOf("type Other { id: ID }")).rejects.toThrow(/no query and no mutation/);
    await expect(loadGraphql("graphql", null, refused)).rejects.toThrow(/--graphql is/);
  });
});
