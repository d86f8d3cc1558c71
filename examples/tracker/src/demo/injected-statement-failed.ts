import type { NextFunction, Request, Response } from "express";

/** PostgreSQL refused an injected statement. Answered in its own words, in the demo only. */
export class InjectedStatementFailed extends Error {
  override readonly name = "InjectedStatementFailed";

  constructor(
    readonly sqlstate: string,
    readonly words: string,
    cause: unknown,
  ) {
    super(words, { cause });
  }
}

export function answerInjectedStatement(
  error: unknown,
  _request: Request,
  response: Response,
  next: NextFunction,
): void {
  if (!(error instanceof InjectedStatementFailed) || response.headersSent) return next(error);
  const { sqlstate, words: message } = error;
  const inner = { code: "STATEMENT_FAILED", title: "Internal error" };
  response.status(500).json({ error: inner, database: { sqlstate, message } });
}
