export {
  tenantStream,
  type ConsumeOptions,
  type TenantStream,
  type TenantStreamOptions,
} from "./tenant-stream.js";
export type { JetStream, NatsHeaders, NatsMessage, NatsPublishOptions } from "./slices.js";
