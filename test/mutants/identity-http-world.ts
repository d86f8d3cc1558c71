import { createHash } from "node:crypto";
import type { createIdentityHandler, IdentityHandlerOptions } from "tenantry/identity";
import {
  belongingsOf,
  memberOf,
  type Belongings,
  type Member,
} from "../identity/support/http-stage.js";
import { caller } from "../identity/support/identity-fixture.js";
import {
  authHost,
  type Answer,
  type Browser,
  type Call,
  type IdentitySite,
} from "../identity/support/identity-site.js";

/** One place, with two tenants in it, and requests to it through a handler that may have a fault. */
export interface HttpWorld {
  readonly site: IdentitySite;
  readonly acme: string;
  readonly globex: string;
  /** An owner of acme; and one of globex. */
  readonly owner: Member;
  readonly foreign: Member;
  readonly own: Belongings;
  open(options?: IdentityHandlerOptions): Browser;
  call(method: string, host: string, path: string, call?: Call): Promise<Answer>;
  token(form: Record<string, string>, host?: string, cookie?: string): Promise<Answer>;
  /** A code of acme for the owner, with the verifier below. */
  code(): Promise<string>;
}

/** True where the handler does what it should. */
export type HttpProbe = (world: HttpWorld) => Promise<boolean>;

export type Create = typeof createIdentityHandler;
export const verifier = "v".repeat(43);
export const challenge = createHash("sha256").update(verifier).digest("base64url");
export const redirectUri = "https://acme.app.example.com/auth/callback";

/** @returns what makes a world of a handler's sources */
export async function openHttpWorld(site: IdentitySite): Promise<(create: Create) => HttpWorld> {
  const owner = await memberOf(site, site.acme, "owner");
  const foreign = await memberOf(site, site.globex, "owner");
  const own = await belongingsOf(site, owner);
  return (create) => {
    const open: HttpWorld["open"] = (options) => site.browser(create(site.identity, options));
    const call: HttpWorld["call"] = (...given) => open().call(...given);
    return {
      ...{ site, owner, foreign, own, open, call },
      ...{ acme: site.hostOf(site.acme), globex: site.hostOf(site.globex) },
      token: (form, host = authHost, cookie) =>
        call("POST", host, "/auth/token", {
          form,
          ...(cookie === undefined ? {} : { headers: { cookie } }),
        }),
      async code() {
        const session = (await site.identity.sessions.find(owner.sessionToken))!;
        const wanted = { tenant: site.acme, redirectUri, session, codeChallenge: challenge };
        return site.identity.authorizationCodes.issue(
          { ...wanted, client: null, nonce: null },
          caller,
        );
      },
    };
  };
}
