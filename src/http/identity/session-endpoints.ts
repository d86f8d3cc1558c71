import { z } from "zod";
import type { Endpoint } from "./contract.js";
import { sessionCookie, sessionCookieOf, writeCookie } from "./cookies.js";
import { endpoint } from "./endpoint.js";
import * as shape from "./shapes.js";

const credentials = z.strictObject({ email: shape.email, password: shape.password });
const signOutCookie = writeCookie(sessionCookie, "", 0, "Lax");

/** Signing in and out, and the devices that are. On the auth host. */
export const sessionEndpoints: readonly Endpoint[] = [
  endpoint({
    ...{ method: "POST", path: "/auth/sign-in", audience: "auth-host", authentication: "none" },
    summary: "Signs in with an address and a password; the session is a cookie.",
    body: { format: "json", schema: credentials },
    answer: { status: 200, schema: z.object({ session: shape.sessionShape }) },
    async handle({ identity, body, caller, cookie }) {
      const replaces = cookie(sessionCookie) ?? undefined;
      const signedIn = await identity.signIn.signIn({ ...body, replaces }, caller);
      const { session } = signedIn;
      return {
        status: 200,
        cookies: [sessionCookieOf(signedIn)],
        body: { session: shape.asSessionShape(session, session.id) },
      };
    },
  }),
  endpoint({
    ...{ method: "POST", path: "/auth/sign-out", audience: "auth-host", authentication: "none" },
    summary: "Ends the session, and with it what it holds in every tenant.",
    body: { format: "json", schema: shape.nothing },
    answer: { status: 204 },
    async handle({ identity, cookie, caller }) {
      const session = await identity.sessions.find(cookie(sessionCookie));
      if (session !== null) {
        const { accountId, id } = session;
        await identity.revocation.endSession(accountId, id, "signed-out", caller);
      }
      return { status: 204, cookies: [signOutCookie] };
    },
  }),
  endpoint({
    ...{ method: "GET", path: "/auth/session", audience: "auth-host", authentication: "session" },
    summary: "Who is signed in.",
    answer: {
      status: 200,
      schema: z.object({ account: shape.accountShape, session: shape.sessionShape }),
    },
    async handle({ identity, session }) {
      const current = await session();
      const account = (await identity.accounts.find(current.accountId))!;
      return {
        status: 200,
        body: {
          account: shape.asAccountShape(account),
          session: shape.asSessionShape(current, current.id),
        },
      };
    },
  }),
  endpoint({
    ...{ method: "GET", path: "/auth/sessions", audience: "auth-host", authentication: "session" },
    summary: "The devices that the account is signed in on.",
    answer: { status: 200, schema: z.object({ sessions: z.array(shape.sessionShape) }) },
    async handle({ identity, session }) {
      const { id, accountId } = await session();
      const sessions = await identity.sessions.list(accountId);
      return {
        status: 200,
        body: { sessions: sessions.map((each) => shape.asSessionShape(each, id)) },
      };
    },
  }),
  endpoint({
    ...{ method: "DELETE", path: "/auth/sessions/{id}", audience: "auth-host" },
    authentication: "session",
    summary: "Signs one device out.",
    answer: { status: 204 },
    async handle({ identity, session, id, caller }) {
      const current = await session();
      await identity.revocation.endSession(current.accountId, id, "by-the-user", caller);
      // The same for another account's session as for none.
      return { status: 204, cookies: id === current.id ? [signOutCookie] : [] };
    },
  }),
  endpoint({
    ...{ method: "POST", path: "/auth/sessions/end-others", audience: "auth-host" },
    authentication: "session",
    summary: "Signs every other device out.",
    body: { format: "json", schema: shape.nothing },
    answer: { status: 200, schema: z.object({ ended: z.number().int() }) },
    async handle({ identity, session, caller }) {
      const { accountId, id } = await session();
      const except = { exceptSessionId: id };
      const ended = await identity.revocation.endSessions(accountId, "by-the-user", caller, except);
      return { status: 200, body: { ended } };
    },
  }),
];
