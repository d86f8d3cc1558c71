const id = { name: "id", in: "path", required: true, schema: { type: "string", format: "uuid" } };
const text = (name: string) => ({ name, in: "query", schema: { type: "string" } });
const uuid = { type: "string", format: "uuid" };

const body = (schema: object) => ({ required: true, content: { "application/json": { schema } } });
const operation = (parameters: readonly object[] = [], requestBody?: object) => ({
  parameters,
  responses: { 200: { description: "well" } },
  ...(requestBody === undefined ? {} : { requestBody }),
});

/** The service's own description of itself. */
export const document = {
  openapi: "3.1.0",
  info: { title: "A service to be probed", version: "1" },
  paths: {
    "/healthz": { get: operation() },
    "/api/projects": {
      get: operation([text("search"), text("ids")]),
      post: operation([], body({ $ref: "#/components/schemas/Project" })),
    },
    "/api/projects/archive": {
      post: operation(
        [],
        body({
          type: "object",
          required: ["projectIds"],
          properties: { projectIds: { type: "array", items: uuid } },
        }),
      ),
    },
    "/api/projects/{id}": {
      parameters: [id],
      get: operation(),
      patch: operation([], body({ $ref: "#/components/schemas/Project" })),
      delete: operation(),
    },
    "/api/projects/{id}/tasks": {
      parameters: [id],
      get: operation(),
      post: operation([], body({ $ref: "#/components/schemas/Title" })),
    },
    "/api/tasks": {
      get: operation([text("projectId")]),
      post: operation([], body({ $ref: "#/components/schemas/Task" })),
    },
    "/api/tasks/{taskId}": {
      parameters: [{ ...id, name: "taskId" }],
      get: operation(),
      delete: operation(),
    },
    "/api/stats": { get: operation() },
    "/api/export": { get: operation() },
  },
  components: {
    schemas: {
      Project: {
        type: "object",
        required: ["name"],
        properties: {
          name: { type: "string", minLength: 1, maxLength: 80 },
          notes: { type: "string" },
        },
      },
      Title: { type: "object", required: ["title"], properties: { title: { type: "string" } } },
      Task: {
        allOf: [
          { $ref: "#/components/schemas/Title" },
          { type: "object", required: ["projectId"], properties: { projectId: uuid } },
        ],
      },
    },
  },
};
