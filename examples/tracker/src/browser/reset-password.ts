import { call, plainFetch } from "./calls.js";
import { hide, onSubmit, show } from "./dom.js";
import { fragment } from "./fragment.js";

const token = fragment().get("token");
show(token === null ? "ask" : "form");

onSubmit("ask", async (fields) => {
  await call(plainFetch, "POST", "/auth/forgot-password", { email: fields.get("email") });
  hide("ask");
  show("done");
});

onSubmit("form", async (fields) => {
  const json = { token, password: fields.get("password") };
  await call(plainFetch, "POST", "/auth/reset-password", json);
  hide("form");
  show("changed");
});
