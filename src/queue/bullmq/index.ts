export { tenantQueue, type TenantQueue, type TenantQueueOptions } from "./tenant-queue.js";
export { sealFlow } from "./seal-flow.js";
export type { SealingOptions } from "./seal-job.js";
export { createTenantWorker } from "./create-worker.js";
export {
  tenantProcessor,
  type BullProcessor,
  type TenantProcessorOptions,
} from "./tenant-processor.js";
export type { FairShareOptions } from "../fair-share.js";
export type { BullFlow, BullJob, BullQueue } from "./slices.js";
