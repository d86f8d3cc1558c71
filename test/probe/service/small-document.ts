const json = { "application/json": { schema: { type: "object" } } };
const written = {
  responses: {},
  requestBody: {
    content: {
      "application/json": {
        schema: {
          type: "object",
          properties: {
            name: { type: "string" },
            projectId: { type: "string" },
            projectIds: { type: "array", items: { type: "string" } },
          },
        },
      },
    },
  },
};
const read = { responses: { 200: { description: "", content: json } } };
const bare = { responses: {} };

/** Describes the small service, actions and all. */
export const smallDocument = {
  openapi: "3.1.0",
  info: { title: "settings", version: "1" },
  paths: {
    "/projects": { get: read, post: written },
    "/projects/{id}": { get: read, delete: bare },
    "/projects/{id}/archive": { post: written },
    "/settings": { get: read, post: written, put: written, patch: written, delete: bare },
    "/settings/restore": { post: written },
    "/tenants/{tenantId}/archive": { post: bare },
    "/echoes": { post: written },
    "/sign-out": { get: read, post: bare },
  },
};
