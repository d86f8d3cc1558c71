import { buildSchema } from "graphql";

/** With global ids, a connection, inputs and actions, as such schemas have them. */
export const sdl = `
  interface Node { id: ID! }
  type Project implements Node { id: ID! name: String! notes: String! tasks: [Task!]! }
  type Audit { id: ID! by: String! }
  type Task implements Node { id: ID! title: String! audit: Audit! secret: Boolean! }
  type ProjectEdge { cursor: String! node: Project! }
  type ProjectConnection { totalCount: Int! edges: [ProjectEdge!]! }
  input IdFilter { eq: ID, in: [ID!] }
  input TaskFilter { projectId: IdFilter }
  type Query {
    node(id: ID!): Node
    project(id: ID!): Project
    projects(first: Int, search: String): ProjectConnection!
    projectsById(ids: [ID!]!): [Project!]!
    projectCount: Int!
    task(id: ID!): Task
    tasks(where: TaskFilter): [Task!]!
  }
  input ProjectInput { name: String! notes: String tenantId: ID }
  input ChangeProjectInput { id: ID! patch: ProjectPatch! }
  input ProjectPatch { name: String notes: String }
  type ProjectPayload { project: Project clientMutationId: String }
  type Mutation {
    createProject(input: ProjectInput!): ProjectPayload!
    updateProject(input: ChangeProjectInput!): ProjectPayload!
    deleteProject(id: ID!): Boolean!
    archiveProject(id: ID!): Project
    archiveProjects(projectIds: [ID!]!): Int!
    createTask(projectId: ID!, title: String!): Task!
    deleteTask(id: ID!): Boolean!
    archiveEverything: Boolean!
  }
`;

export const schema = buildSchema(sdl);
