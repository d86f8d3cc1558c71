import { isTenantryError } from "../../../src/core/tenantry-error.js";

/**
 * The code of what `work` throws: Tenantry's, or the SQLSTATE.
 * @throws where nothing is thrown, or something without a code
 */
export async function codeOf(work: () => unknown): Promise<string> {
  const error = await failureOf(work);
  const { code } = error as { code?: unknown };
  if (typeof code === "string") return code;
  throw new Error("it failed without a code", { cause: error });
}

/** What `work` throws. @throws where nothing is thrown */
export async function failureOf(work: () => unknown): Promise<Error> {
  let result: unknown;
  try {
    result = await work();
  } catch (error) {
    return error as Error;
  }
  throw new Error(`it did not fail, and gave ${JSON.stringify(result)}`);
}

/** Like `codeOf`, for what throws at once. */
export function refusal(work: () => unknown): string | null {
  try {
    work();
    return null;
  } catch (error) {
    if (isTenantryError(error)) return error.code;
    throw error;
  }
}

/** The code that an error bears, or its text where it has none. */
export function codeIn(error: unknown): string {
  const { code } = error as { code?: unknown };
  return typeof code === "string" ? code : String(error);
}
