import { isHostName } from "../../core/host-name.js";
import { isSlug, isTenantId, type TenantKey } from "../../core/tenant.js";

/** Whether any tenant could have this key. Where not, the answer is null and nothing is asked. */
export function isFindable({ by, value }: TenantKey): boolean {
  if (by === "id") return isTenantId(value);
  if (by === "slug") return isSlug(value);
  return by === "domain" && isHostName(value);
}
