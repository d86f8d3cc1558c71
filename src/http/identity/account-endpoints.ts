import { z } from "zod";
import type { Endpoint } from "./contract.js";
import { endpoint } from "./endpoint.js";
import * as shape from "./shapes.js";

const token = shape.opaqueToken;

/** Accounts and their passwords. No answer tells whether an address has an account. */
export const accountEndpoints: readonly Endpoint[] = [
  endpoint({
    ...{ method: "POST", path: "/auth/sign-up", audience: "auth-host", authentication: "none" },
    summary: "Makes an account, and sends a letter to confirm the address.",
    body: {
      format: "json",
      schema: z.strictObject({ email: shape.email, password: shape.password }),
    },
    answer: { status: 202 },
    async handle({ identity, body, caller }) {
      await identity.signIn.signUp(body, caller);
      return { status: 202 };
    },
  }),
  endpoint({
    ...{ method: "POST", path: "/auth/verify-email", audience: "auth-host" },
    authentication: "none",
    summary: "Confirms an address with the token of a letter.",
    body: { format: "json", schema: z.strictObject({ token }) },
    answer: { status: 204 },
    async handle({ identity, body, caller }) {
      await identity.signIn.verifyEmail(body.token, caller);
      return { status: 204 };
    },
  }),
  endpoint({
    ...{ method: "POST", path: "/auth/forgot-password", audience: "auth-host" },
    authentication: "none",
    summary: "Sends a letter to choose a new password with, if the address has an account.",
    body: { format: "json", schema: z.strictObject({ email: shape.email }) },
    answer: { status: 202 },
    async handle({ identity, body, caller }) {
      await identity.signIn.forgotPassword(body.email, caller);
      return { status: 202 };
    },
  }),
  endpoint({
    ...{ method: "POST", path: "/auth/reset-password", audience: "auth-host" },
    authentication: "none",
    summary: "Sets a new password with the token of a letter, and signs every device out.",
    body: { format: "json", schema: z.strictObject({ token, password: shape.password }) },
    answer: { status: 204 },
    async handle({ identity, body, caller }) {
      await identity.signIn.resetPassword(body, caller);
      return { status: 204 };
    },
  }),
  endpoint({
    ...{ method: "POST", path: "/auth/change-password", audience: "auth-host" },
    authentication: "session",
    summary: "Sets a new password with the old one, and signs every other device out.",
    body: {
      format: "json",
      schema: z.strictObject({ current: shape.password, password: shape.password }),
    },
    answer: { status: 204 },
    async handle({ identity, body, caller, session }) {
      await identity.signIn.changePassword(await session(), body, caller);
      return { status: 204 };
    },
  }),
];
