export { publishJob, type AmqpPublishOptions, type AmqpTarget } from "./publish-job.js";
export { consumeJobs, type ConsumeJobsOptions } from "./consume-jobs.js";
export type { AmqpConsumer, AmqpMessage, AmqpPublisher } from "./slices.js";
