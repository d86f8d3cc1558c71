export * from "../../identity/index.js";
export type { ExternalIdentity, ExternalSignIn } from "./contract.js";
export {
  createIdentityHandler,
  type IdentityHandler,
  type IdentityHandlerOptions,
  type RequestOrigin,
} from "./handler.js";
export {
  identityListener,
  type IdentityNodeListener,
  type IdentityNodeRequest,
  type IdentityNodeResponse,
} from "./node-listener.js";
