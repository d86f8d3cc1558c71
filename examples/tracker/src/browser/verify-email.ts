import { call, plainFetch } from "./calls.js";
import { hide, onSubmit, show } from "./dom.js";
import { fragment } from "./fragment.js";

// By a button: a scanner that opens every link must not use it up.
onSubmit("form", async () => {
  await call(plainFetch, "POST", "/auth/verify-email", { token: fragment().get("token") ?? "" });
  hide("form");
  show("done");
});
