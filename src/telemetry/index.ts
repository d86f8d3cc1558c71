export { attributeNames, tenantAttributes, type AttributeOptions } from "./attributes.js";
export {
  tagActiveSpan,
  tenantSpanProcessor,
  withSpan,
  type StartedSpan,
  type TenantSpanProcessor,
  type WithSpanOptions,
} from "./spans.js";
export type { Cardinality } from "./cardinality.js";
export { createTenantMetrics, type TenantMetrics, type TenantMetricsOptions } from "./metrics.js";
export { logFields, type LogFields } from "./log-fields.js";
export { logMergeStrategy, logMixin } from "./pino.js";
export {
  createJsonLogger,
  formatLogLine,
  type JsonLogger,
  type JsonLoggerOptions,
  type LogData,
  type LogLevel,
} from "./json-logger.js";
export { eventsToLogger, eventsToSpans, type EventLogger } from "./events.js";
