export { expressTenancy } from "./tenancy.js";
export { expressErrors } from "./errors.js";
export { expressLimit, type LimitedResponse } from "./limit.js";
export { notFound } from "../not-found.js";
export type {
  ExpressErrorMiddleware,
  ExpressMiddleware,
  ExpressNext,
  ExpressRequest,
  ExpressResponse,
} from "./slices.js";
export type { RequestTenancy } from "../decide.js";
