import { errorCodes, type ErrorCode } from "./errors.js";

const brand = Symbol.for("tenantry.error.v1");

export interface TenantryErrorOptions {
  /** What happened and where. */
  readonly message: string;
  /** What to do about it. */
  readonly fix: string;
  readonly cause?: unknown;
  /** Whole seconds, 1 or more, after which trying again may help. */
  readonly retryAfter?: number;
  /** Plain sentences for the person who typed what was refused. */
  readonly problems?: readonly string[];
}

/**
 * The only error that Tenantry throws on purpose. `message` says what, where and the mend and may
 * name tenants: it is for logs. What may go to a client is `toPublic()`.
 */
export class TenantryError extends Error {
  override readonly name = "TenantryError";
  readonly code: ErrorCode;
  readonly fix: string;
  /** The HTTP status this error answers with. */
  readonly status: number;
  /** Whole seconds after which trying again may help; only where the error knows. */
  declare readonly retryAfter?: number;
  /** Plain sentences for the person who typed what was refused; only where there are some. */
  declare readonly problems?: readonly string[];
  readonly [brand] = true;

  constructor(code: ErrorCode, options: TenantryErrorOptions) {
    const { message, fix, cause, retryAfter, problems } = options;
    super(`${message} ${fix}`, cause === undefined ? undefined : { cause });
    this.code = code;
    this.fix = fix;
    this.status = errorCodes[code].status;
    if (retryAfter !== undefined) this.retryAfter = retryAfter;
    if (problems !== undefined) this.problems = Object.freeze([...problems]);
  }

  /** Code and public title: never a tenant, a cause or a message. */
  toPublic(): PublicError {
    return { error: { code: this.code, title: errorCodes[this.code].title } };
  }
}

export interface PublicError {
  readonly error: { readonly code: ErrorCode; readonly title: string };
}

/**
 * Recognises a TenantryError by its brand, so that one made by another copy of the package (a
 * bundler's second evaluation, a duplicate install) is recognised too; `instanceof` would not.
 */
export function isTenantryError(error: unknown, code?: ErrorCode): error is TenantryError {
  if (typeof error !== "object" || error === null || !(brand in error)) return false;
  return code === undefined || (error as TenantryError).code === code;
}
