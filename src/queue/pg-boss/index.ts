export { tenantBoss, type TenantBoss, type TenantBossOptions } from "./tenant-boss.js";
export type { Boss, BossInsert, BossJob, BossJobOptions } from "./slices.js";
