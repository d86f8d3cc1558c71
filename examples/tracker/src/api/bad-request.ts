import type { NextFunction, Request, Response } from "express";

/** A request that its sender can mend; `detail` is shown to them, so it names no data. */
export class BadRequest extends Error {
  override readonly name = "BadRequest";

  constructor(readonly detail: string) {
    super(detail);
  }
}

/** Express knows an error handler by its four parameters. */
export function answerBadRequest(
  error: unknown,
  _request: Request,
  response: Response,
  next: NextFunction,
): void {
  if (!(error instanceof BadRequest) || response.headersSent) return next(error);
  const { detail } = error;
  response.status(400).json({ error: { code: "REQUEST_INVALID", title: "Bad request", detail } });
}
