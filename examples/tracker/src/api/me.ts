import { Router } from "express";
import { notFound } from "tenantry/express";
import type { TrackerIdentity } from "../identity/open-identity.js";

/** Who is signed in to the tenant, for the page to say. */
export interface Me {
  readonly accountId: string;
  readonly email: string | null;
  readonly role: string;
  readonly permissions: readonly string[];
}

export function meRoutes({ accounts, credential }: TrackerIdentity): Router {
  const routes = Router();
  routes.get("/", async (_request, response) => {
    const proven = credential();
    // A key is nobody.
    if (proven?.kind !== "access-token") throw notFound();
    const { accountId, role, permissions } = proven.claims;
    const emails = await accounts.emailsOf([accountId]);
    const me: Me = { accountId, email: emails.get(accountId) ?? null, role, permissions };
    response.json(me);
  });
  return routes;
}
