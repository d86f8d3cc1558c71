import { isUuid, newUuid } from "../../core/uuid.js";
import { recorded, type Caller } from "../caller.js";
import type { IdentityDatabase } from "../identity-database.js";
import { asAccount, type Account } from "./account.js";
import * as sql from "./statements.js";

export interface NewAccount {
  /** The address as it was typed, and what identifies it. */
  readonly email: { readonly address: string; readonly key: string };
  /** A PHC string of argon2id; null where the account signs in elsewhere. */
  readonly passwordHash: string | null;
  /** Whether the address is proven already, by whoever brings the account. Default false. */
  readonly emailVerified?: boolean;
}

export interface Accounts {
  /** Null where the address is taken: the caller must not tell. */
  create(account: NewAccount, caller: Caller): Promise<Account | null>;
  find(id: string): Promise<Account | null>;
  /** The addresses of accounts by their ids, for those who may see whom they work with. */
  emailsOf(ids: readonly string[]): Promise<ReadonlyMap<string, string>>;
  findByEmail(emailKey: string): Promise<Account | null>;
  /** Replaces the password and ends every session but one. False where there is no such account. */
  setPassword(change: PasswordChange, caller: Caller): Promise<boolean>;
  /** Nothing of the account's is accepted from then on, and every session of it ends. */
  disable(id: string, reason: string, caller: Caller): Promise<boolean>;
  /** Its sessions are over and stay so. False where there is no such account that is disabled. */
  enable(id: string, reason: string, caller: Caller): Promise<boolean>;
  /** Writes down that someone failed to sign in; null where the address has no account. */
  noteRefusedSignIn(id: string | null, reason: string, caller: Caller): Promise<void>;
}

export interface PasswordChange {
  readonly accountId: string;
  readonly passwordHash: string;
  readonly because: "changed" | "reset" | "rehashed";
  /** The session that goes on; null ends all. Not looked at for `rehashed`, which ends none. */
  readonly keepSessionId: string | null;
}

/** The accounts of everyone, across tenants. Each change and its event are one statement. */
export function createAccounts(database: Pick<IdentityDatabase, "query">): Accounts {
  const one = async (text: string, values: readonly unknown[]): Promise<Account | null> => {
    const [row] = (await database.query(text, values)).rows;
    return row === undefined ? null : asAccount(row);
  };
  const changed = async (text: string, values: readonly unknown[]): Promise<boolean> =>
    (await database.query(text, values)).rows.length > 0;

  return {
    create: ({ email, passwordHash, emailVerified = false }, caller) =>
      one(sql.create, [
        newUuid(),
        email.address,
        email.key,
        passwordHash,
        emailVerified,
        ...recorded(caller),
      ]),
    find: async (id) => (isUuid(id) ? one(sql.byId, [id]) : null),
    async emailsOf(ids) {
      if (ids.length === 0) return new Map();
      const { rows } = await database.query(sql.emailsOf, [ids]);
      return new Map((rows as { id: string; email: string }[]).map(({ id, email }) => [id, email]));
    },
    findByEmail: (emailKey) => one(sql.byEmail, [emailKey]),
    setPassword: ({ accountId, passwordHash, because, keepSessionId }, caller) =>
      because === "rehashed"
        ? changed(sql.rehash, [accountId, passwordHash])
        : changed(sql.setPassword, [
            accountId,
            passwordHash,
            because,
            keepSessionId,
            ...recorded(caller),
          ]),
    disable: (id, reason, caller) => changed(sql.disable, [id, reason, ...recorded(caller)]),
    enable: (id, reason, caller) => changed(sql.enable, [id, reason, ...recorded(caller)]),
    noteRefusedSignIn: async (id, reason, caller) =>
      void (await database.query(sql.noteRefused, [id, reason, ...recorded(caller)])),
  };
}
