import { call, plainFetch } from "./calls.js";
import { onSubmit, part } from "./dom.js";
import { isInvited } from "./fragment.js";

if (isInvited()) part<HTMLAnchorElement>("sign-up").hash = location.hash;

onSubmit("form", async (fields) => {
  const json = { email: fields.get("email"), password: fields.get("password") };
  await call(plainFetch, "POST", "/auth/sign-in", json);
  location.assign(whereNext());
});

/** On this host in any case: back to the customer who sent us, to the invitation, or to the picker. */
function whereNext(): string {
  if (isInvited()) return `/invitation${location.hash}`;
  const { search } = location;
  return new URLSearchParams(search).has("redirect_uri") ? `/auth/authorize${search}` : "/";
}
