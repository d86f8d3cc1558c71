import { recorded, type Caller } from "../caller.js";
import type { IdentityDatabase } from "../identity-database.js";
import { hashOfToken, newOpaqueToken } from "../opaque-token.js";
import { asAccount, type Account } from "./account.js";

export type EmailTokenPurpose = "verify-email" | "reset-password";

/** Minutes that a link of each kind is good for. */
const lifetimes: Readonly<Record<EmailTokenPurpose, number>> = {
  "verify-email": 24 * 60,
  "reset-password": 30,
};

/** Links that go out by mail: each good for one use, one purpose, one address and a bounded time. */
export interface EmailTokens {
  /** The token for the link. Earlier ones of the same purpose are void from now on. */
  issue(account: Pick<Account, "id" | "emailKey">, purpose: EmailTokenPurpose): Promise<string>;
  /** As `use`, and leaves the token good: to look before something else is asked for. */
  find(token: unknown, purpose: EmailTokenPurpose): Promise<Account | null>;
  /**
   * The account that the token was sent to, once; null for any other text, purpose, time or use, and
   * where the account's address is another one by now. Whoever used it has read that address's mail,
   * so the address is verified from then on.
   */
  use(token: unknown, purpose: EmailTokenPurpose, caller: Caller): Promise<Account | null>;
}

export function createEmailTokens(database: Pick<IdentityDatabase, "query">): EmailTokens {
  return {
    async issue({ id, emailKey }, purpose) {
      const { token, hash } = newOpaqueToken();
      await database.query(issueStatement, [hash, id, purpose, emailKey, lifetimes[purpose]]);
      return token;
    },
    async find(token, purpose) {
      const hash = hashOfToken(token);
      if (hash === null) return null;
      const { rows } = await database.query(findStatement, [hash, purpose]);
      return rows[0] === undefined ? null : asAccount(rows[0]);
    },
    async use(token, purpose, caller) {
      const hash = hashOfToken(token);
      if (hash === null) return null;
      const { rows } = await database.query(useStatement, [hash, purpose, ...recorded(caller)]);
      return rows[0] === undefined ? null : asAccount(rows[0]);
    },
  };
}

const issueStatement = `
  with void as (delete from tenantry.email_token where account_id = $2 and purpose = $3)
  insert into tenantry.email_token (token_hash, account_id, purpose, email_key, expires_at)
  values ($1, $2, $3, $4, now() + make_interval(mins => $5))`;

const findStatement = `
  select a.id, a.email, a.email_key, a.email_verified_at, a.password_hash, a.status
  from tenantry.email_token t
  join tenantry.account a on a.id = t.account_id and a.email_key = t.email_key and a.status = 'active'
  where t.token_hash = $1 and t.purpose = $2 and t.used_at is null and t.expires_at > now()`;

const useStatement = `
  with used as (
    update tenantry.email_token set used_at = now()
    where token_hash = $1 and purpose = $2 and used_at is null and expires_at > now()
    returning account_id, email_key
  ), verified as (
    update tenantry.account a set email_verified_at = coalesce(a.email_verified_at, now())
    from used u where a.id = u.account_id and a.email_key = u.email_key and a.status = 'active'
    returning a.id, a.email, a.email_key, a.email_verified_at, a.password_hash, a.status
  ), noted as (
    insert into tenantry.account_event (account_id, type, outcome, reason, address, user_agent)
    select u.account_id, 'account.' || $2, case when v.id is null then 'refused' else 'done' end,
      case when v.id is null then 'the address or the account is no longer good' end, $3, $4
    from used u left join verified v on v.id = u.account_id
  )
  select id, email, email_key, email_verified_at, password_hash, status from verified`;
