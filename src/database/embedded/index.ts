export {
  startEmbeddedPostgres,
  type EmbeddedPostgres,
  type EmbeddedPostgresOptions,
} from "./start.js";
export {
  startDevelopmentDatabase,
  type DevelopmentDatabase,
  type DevelopmentDatabaseOptions,
  type DevelopmentEnvironment,
} from "./development.js";
