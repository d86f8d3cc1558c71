export { createFetchHandler, type FetchHandlerOptions } from "./fetch/fetch-handler.js";
export type { NodeMessage } from "./incoming/from-node.js";
export { createUpgradeHandler, type UpgradeListener } from "./node/upgrade.js";
export { notFound } from "./not-found.js";
export type { RequestTenancy } from "./decide.js";
