import { AsyncLocalStorage } from "node:async_hooks";
import { requireReason } from "../../core/enter.js";
import { refused } from "./refusal.js";

const open = new AsyncLocalStorage<{ readonly reason: string }>();

/**
 * Runs `work` with Prisma's raw queries let through: the extension cannot read SQL, so in there row
 * security alone keeps tenants apart. A scope is needed as everywhere. Await the queries inside.
 * @throws {TenantryError} `REASON_REQUIRED`
 */
export async function dangerouslyUnfilteredSql<T>(
  options: { readonly reason: string },
  work: () => PromiseLike<T>,
): Promise<T> {
  const reason = requireReason(options?.reason, "dangerouslyUnfilteredSql");
  // Prisma's promises start when they are awaited, so that has to happen in here.
  return open.run({ reason }, async () => await work());
}

const rawOperations = new Set([
  "$queryRaw",
  "$queryRawUnsafe",
  "$queryRawTyped",
  "$executeRaw",
  "$executeRawUnsafe",
]);

/** @throws {TenantryError} `STATEMENT_REFUSED` */
export function assertRawAllowed(operation: string): void {
  if (!rawOperations.has(operation)) {
    throw refused(`The operation ${operation}`, "Use an operation on a model.");
  }
  if (open.getStore() !== undefined) return;
  throw refused(
    `Raw SQL (${operation})`,
    'The extension adds no tenant filter to SQL. Where row security is enough, say so: dangerouslyUnfilteredSql({ reason: "…" }, () => prisma.$queryRaw`…`).',
  );
}
