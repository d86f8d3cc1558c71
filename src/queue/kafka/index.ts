export { sealMessage, type SealMessageOptions } from "./seal-message.js";
export { tenantEachMessage, type EachMessageOptions } from "./each-message.js";
export type { KafkaIncoming, KafkaOutgoing } from "./slices.js";
