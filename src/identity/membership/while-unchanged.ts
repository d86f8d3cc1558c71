import { keepsChanging } from "./refusal.js";

/** How often a change is decided anew where somebody else's came in between. */
export const attempts = 5;

/**
 * Decides, and writes by a statement that holds only while the member is as he was when it was decided;
 * anew where he was changed in between.
 * @param decide how the one who acts stands now; throws, or says null, where he may not
 * @param write undefined where the statement found nothing
 * @returns null where `decide` says so, and where the statement found nothing though he was the same: what
 * it looked for is not there
 * @throws {TenantryError} what `decide` throws; `DATABASE_UNAVAILABLE` where others do not stop
 */
export async function whileUnchanged<Standing extends { readonly version: string }, T>(
  decide: () => Promise<Standing | null>,
  write: (me: Standing) => Promise<T | undefined>,
): Promise<T | null> {
  let me = await decide();
  for (let attempt = 0; attempt < attempts; attempt++) {
    if (me === null) return null;
    const written = await write(me);
    if (written !== undefined) return written;
    const now = await decide();
    if (now?.version === me.version) return null;
    me = now;
  }
  throw keepsChanging();
}
