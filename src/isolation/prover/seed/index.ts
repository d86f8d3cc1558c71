export type {
  FreshRow,
  SeedOptions,
  SeedSession,
  SeededRow,
  SeededTable,
  SeededWorld,
  TenantLabel,
} from "./contract.js";
export { seedTenants } from "./seed-tenants.js";
