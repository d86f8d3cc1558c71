import type { RequestTenancy } from "../decide.js";
import { answerToFailure } from "../failure.js";
import { sendAnswer } from "../node/send-answer.js";
import type { ExpressErrorMiddleware } from "./slices.js";

/**
 * Express error middleware: mount it last. A TenantryError is answered with its status and public
 * body, an error that Express or a body parser means as the client's fault with its status, and all
 * else with a generic 500 and an event: no message, detail or SQL text leaves the process.
 *
 * Where the response has begun already, Express closes the connection.
 */
export function expressErrors(tenantry: Pick<RequestTenancy, "events">): ExpressErrorMiddleware {
  // Express tells error middleware by its four parameters.
  return (error, _request, response, next) => {
    const answer = answerToFailure(tenantry.events, error);
    if (response.headersSent) return next(error);
    sendAnswer(response, answer);
  };
}
