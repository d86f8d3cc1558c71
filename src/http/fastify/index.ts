export { fastifyTenancy } from "./tenancy.js";
export { fastifyErrors } from "./errors.js";
export { notFound } from "../not-found.js";
export type {
  FastifyDone,
  FastifyErrorHandler,
  FastifyHook,
  FastifyInstance,
  FastifyPlugin,
  FastifyRawRequest,
  FastifyRawResponse,
  FastifyReply,
  FastifyRequest,
} from "./slices.js";
export type { RequestTenancy } from "../decide.js";
