import { Router, type Request, type Response } from "express";
import type { Outbox } from "tenantry/identity";
import type { Html } from "../page/html.js";
import { layout, needsScript } from "../page/layout.js";
import { allowPage } from "../page/security-headers.js";
import { html } from "../page/html.js";
import { accountMain } from "./account-page.js";
import { invitationMain, resetMain, signInMain, signUpMain, verifyMain } from "./forms.js";
import { outboxMain } from "./outbox-page.js";

/** Each has a script of its name. */
const pages: Readonly<Record<string, { readonly heading: string; readonly main: Html }>> = {
  "": { heading: "Your account", main: accountMain },
  "sign-in": { heading: "Sign in", main: signInMain },
  "sign-up": { heading: "Sign up", main: signUpMain },
  "verify-email": { heading: "Confirm your address", main: verifyMain },
  "reset-password": { heading: "A new password", main: resetMain },
  invitation: { heading: "Invitation", main: invitationMain },
};

/** @param outbox null where nobody may read it */
export function authHostPages(outbox: Outbox | null): Router {
  const routes = Router();
  const nav = [
    { href: "/", text: "Account" },
    { href: "/sign-in", text: "Sign in" },
    { href: "/sign-up", text: "Sign up" },
    ...(outbox === null ? [] : [{ href: "/outbox", text: "Outbox" }]),
  ];
  function send(
    request: Request,
    response: Response,
    { heading, main, scripts }: { heading: string; main: Html; scripts: readonly string[] },
  ): void {
    const frame = { title: heading, heading, bodyClass: "auth-host", nav, scripts };
    const host = request.headers.host ?? "";
    response.set("cache-control", "no-store");
    response.type("html").send(layout({ ...frame, host, main, nonce: allowPage(response) }));
  }
  for (const [path, { heading, main }] of Object.entries(pages)) {
    routes.get(`/${path}`, (request, response) => {
      const scripts = [path === "" ? "account" : path];
      send(request, response, { heading, main: html`${needsScript} ${main}`, scripts });
    });
  }
  if (outbox !== null) {
    routes.get("/outbox", (request, response, next) => {
      if (!isLoopback(request.socket.remoteAddress)) return next();
      const main = outboxMain(outbox.messages(), `http://${request.headers.host ?? ""}`);
      send(request, response, { heading: "Outbox", main, scripts: [] });
    });
  }
  return routes;
}

/** Nobody else gets to see other people's mail, wherever this listens. */
function isLoopback(address: string | undefined): boolean {
  return address !== undefined && /^(?:::1|(?:::ffff:)?127\.[0-9.]+)$/.test(address);
}
