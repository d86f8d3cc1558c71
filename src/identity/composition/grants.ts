import { createAuthorizationCodes } from "../authorization/index.js";
import { createGrantDatabase, createGrants, type Reuse } from "../grant/index.js";
import type { IdentityOptions } from "../options.js";
import type { Foundation } from "./foundation.js";

type GrantsSettings = NonNullable<IdentityOptions<string>["grants"]>;

/** Grants, and the codes that become ones. @throws {TenantryError} `CONFIG_INVALID` */
export function composeGrants(
  { database, tenants, keys, events, roles, accounts, letters }: Foundation,
  { graceSeconds = 30, settleSeconds = graceSeconds, ...rest }: GrantsSettings = {},
) {
  const onReuse = async ({ accountId, tenantId }: Reuse): Promise<void> => {
    const account = await accounts.find(accountId);
    if (account !== null) letters.deviceSignedOut(account.email, tenantId);
  };
  const scoped = createGrantDatabase(database, tenants);
  const times = { graceSeconds, settleSeconds, ...rest };
  const grants = createGrants({ database: scoped, keys, events, roles, onReuse, ...times });
  return {
    grants,
    authorizationCodes: createAuthorizationCodes({ database: scoped, grants, events }),
  };
}
