import { isTenantName } from "../identity/identity.js";
import { nounOfReference } from "./nouns.js";
import type { Things } from "./thing.js";

/** Whether a field names the tenant: `customerId` does not, where customers are what the probe can make. */
export function namesTenant({ made }: Pick<Things, "made">, name: string): boolean {
  const own = nounOfReference(name);
  return isTenantName(name) && !made.some(({ noun }) => noun === own);
}
