export { honoTenancy, type HonoTenancyOptions } from "./tenancy.js";
export { honoErrors, honoServerErrors } from "./errors.js";
export { honoLimit } from "./limit.js";
export { notFound } from "../not-found.js";
export type { HonoContext, HonoErrorHandler, HonoMiddleware, HonoNext } from "./slices.js";
export type { RequestTenancy } from "../decide.js";
