import { Pool } from "pg";
import { createTenantry, type TenantryOptions } from "tenantry";

// Never run: what the rule's cases import. A scoped pool under two names, and one that is not scoped.
const made = createTenantry({} as TenantryOptions);
const { db } = made;

export const plain = new Pool();
export { db as pool };
export default made;
