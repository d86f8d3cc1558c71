export { createNextTenancy, type NextTenancy } from "./tenancy.js";
export type { CachedOptions, KeyPart } from "./cached.js";
export type { NextTenantry } from "./proxy.js";
export type {
  NextHeaders,
  NextHost,
  NextResponseClass,
  ReactCache,
  UnstableCache,
  WorkUnitStorage,
} from "./slices.js";
