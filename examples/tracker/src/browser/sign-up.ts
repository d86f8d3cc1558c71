import { call, plainFetch } from "./calls.js";
import { hide, onSubmit, show } from "./dom.js";

onSubmit("form", async (fields) => {
  const json = { email: fields.get("email"), password: fields.get("password") };
  await call(plainFetch, "POST", "/auth/sign-up", json);
  hide("form");
  show("done");
});
