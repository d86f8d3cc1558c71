import { checkWhole } from "./check-whole.js";
import type { Tenant } from "./tenant.js";

export interface ForEachOptions {
  /** Tenants worked for at once, 1 to 100. Default 4. */
  readonly concurrency?: number;
  /**
   * `stop` (default): no tenant is begun after the first failure, which is thrown once the running
   * ones are done. `collect`: all are worked for; failures are in the answer.
   */
  readonly onError?: "stop" | "collect";
}

export interface ForEachResult {
  readonly done: number;
  readonly failed: readonly { readonly tenant: Tenant; readonly error: unknown }[];
}

/**
 * Calls `work` once per tenant, at most `concurrency` at a time. Tenants are read as they are
 * needed, so their number does not matter.
 * @throws the first failure, unless `onError` is `collect`
 */
export async function forEachTenant(
  tenants: AsyncIterable<Tenant>,
  work: (tenant: Tenant) => Promise<unknown>,
  options: ForEachOptions = {},
): Promise<ForEachResult> {
  const { concurrency = 4, onError = "stop" } = options;
  checkWhole("`concurrency` of forEachTenant", concurrency, 1, 100);
  const failed: { tenant: Tenant; error: unknown }[] = [];
  let done = 0;
  const source = tenants[Symbol.asyncIterator]();
  const worker = async (): Promise<void> => {
    while (onError === "collect" || failed.length === 0) {
      const next = await source.next();
      if (next.done === true) return;
      const tenant = next.value;
      try {
        await work(tenant);
        done += 1;
      } catch (error) {
        failed.push({ tenant, error });
      }
    }
  };
  await Promise.all(Array.from({ length: concurrency }, worker));
  if (onError === "stop" && failed.length > 0) throw failed[0]!.error;
  return { done, failed };
}

/** All tenants that `list` gives, page by page. */
export async function* eachPage(
  list: (after: string | undefined) => Promise<readonly Tenant[]>,
): AsyncGenerator<Tenant> {
  let after: string | undefined;
  for (;;) {
    const page = await list(after);
    if (page.length === 0) return;
    yield* page;
    after = page.at(-1)!.id;
  }
}
