export { inferTables } from "./infer.js";
export type { Inference, InferOptions, InferredTable, Way } from "./inference.js";
export { findRoot, proposeRoots, type RootProposal } from "./roots.js";
export { readWay, type ThroughWay } from "./way.js";
