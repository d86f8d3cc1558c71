import { isTenantryError, TenantryError } from "../../core/tenantry-error.js";

/**
 * Runs `work`; what the database or the driver throws becomes an error that is no verdict.
 * @throws {TenantryError} `PROOF_IMPOSSIBLE`, and what `work` throws of Tenantry's own
 */
export async function orImpossible<T>(what: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (cause) {
    if (isTenantryError(cause)) throw cause;
    const { code } = cause as { code?: unknown };
    throw new TenantryError("PROOF_IMPOSSIBLE", {
      message: `${what}: ${(cause as Error).message}${typeof code === "string" ? ` (${code})` : ""}.`,
      fix: mendFor(code),
      cause,
    });
  }
}

function mendFor(code: unknown): string {
  if (code === "42501")
    return "Pass a --database-url whose role may do that: an owner's or a superuser's.";
  if (code === "57014" || code === "55P03") return "Run it again when the database is less busy.";
  return "Check that the server is up and does not end idle or long connections, and run it again; nothing was changed.";
}
