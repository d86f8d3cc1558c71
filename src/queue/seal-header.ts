/** The header that carries the seal in queues whose messages have headers. Lower case. */
export const jobSealHeader = "tenantry-job";
