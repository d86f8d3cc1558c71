export { createFetchHandler, type FetchHandlerOptions } from "./fetch/fetch-handler.js";
export type { NodeMessage } from "./incoming/from-node.js";
export { notFound } from "./not-found.js";
export type { RequestTenancy } from "./decide.js";
