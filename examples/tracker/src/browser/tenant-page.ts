import type { Me } from "../api/me.js";
import { call, plainFetch } from "./calls.js";
import { button, complain, part, show } from "./dom.js";
import { accessToken, authorizedFetch } from "./token.js";

/** Shows a tenant's page to whoever is signed in here, and the way to sign in to anyone else. */
export async function openTenantPage(fill: (me: Me) => Promise<void>): Promise<void> {
  try {
    if ((await accessToken()) === null) return show("signed-out");
    const me = await call<Me>(authorizedFetch, "GET", "/api/me");
    showWho(me);
    await fill(me);
    show("signed-in");
  } catch (error) {
    complain(error instanceof Error ? error.message : "The service was not reached.");
  }
}

function showWho({ email, role }: Me): void {
  const signOut = button("Sign out", "Sign out of this customer", async () => {
    await call(plainFetch, "POST", "/auth/logout", {});
    location.reload();
  });
  part("who").replaceChildren(`${email ?? "Somebody"}, ${role} `, signOut);
  show("who");
}
