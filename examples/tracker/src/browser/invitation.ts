import { call, plainFetch } from "./calls.js";
import { complain, onSubmit, part, show } from "./dom.js";
import { fragment, isInvited } from "./fragment.js";

const given = fragment();
onSubmit("form", async () => {
  const json = { tenant: given.get("tenant"), token: given.get("token") };
  await call(plainFetch, "POST", "/auth/invitations/accept", json);
  location.assign("/");
});

async function open(): Promise<void> {
  if (!isInvited()) return complain("Open this page by the link of the letter.");
  part("tenant").textContent = given.get("tenant");
  const response = await plainFetch("/auth/session", {});
  if (response.ok) {
    const { account } = (await response.json()) as { readonly account: { readonly email: string } };
    part("address").textContent = account.email;
    return show("signed-in", "form");
  }
  for (const name of ["sign-in", "sign-up"]) part<HTMLAnchorElement>(name).hash = location.hash;
  show("signed-out");
}

await open();
