import type { Accounts } from "../account/accounts.js";
import type { Revocation } from "./revocation.js";

/** Accounts, of which a disabled one holds no grant and no access token that is good any longer. */
export function endingAccounts(
  accounts: Accounts,
  revocation: Pick<Revocation, "endAccount">,
): Accounts {
  return {
    ...accounts,
    async disable(id, reason, caller) {
      const isDone = await accounts.disable(id, reason, caller);
      // Also where it was disabled before: what is done half is done again.
      await revocation.endAccount(id, "account-disabled", { exceptSessionId: null }, caller);
      return isDone;
    },
  };
}
