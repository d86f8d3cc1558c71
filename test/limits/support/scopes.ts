import { runInScope } from "../../../src/core/context.js";
import { issueScope, type Actor, type TenantScope } from "../../../src/core/scope.js";
import { newUuid } from "../../../src/core/uuid.js";

/** A scope of a tenant that was never seen before, or of the one given. */
export function newScope(
  actor: Actor = { kind: "anonymous" },
  { id = newUuid(), settings = {} }: { id?: string; settings?: Record<string, unknown> } = {},
): TenantScope {
  const slug = `t-${id.slice(-12)}`;
  const tenant = {
    id,
    slug,
    name: slug,
    status: "active",
    placement: "default",
    settings,
    version: 1,
  } as const;
  return issueScope(tenant, actor, [{ source: "enter", detail: "a test" }]);
}

/** `passed`, or the code of the refusal. */
export async function outcomeIn(scope: TenantScope, work: () => Promise<unknown>): Promise<string> {
  try {
    await runInScope(scope, work);
    return "passed";
  } catch (error) {
    const { code } = error as { code?: string };
    if (code === undefined) throw error;
    return code;
  }
}

/** How often each outcome was seen. */
export function tally(outcomes: readonly string[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const outcome of outcomes) counts[outcome] = (counts[outcome] ?? 0) + 1;
  return counts;
}
