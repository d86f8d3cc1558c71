import { expect, it } from "vitest";
import { synthesise } from "./synthesise.js";

const order = {
  type: "object",
  required: ["customer_id", "note"],
  properties: { customer_id: { type: "integer" }, note: { type: "string" } },
};
const body = (customer: string | undefined) =>
  synthesise(order, "", {
    canary: "cnryabcdefghijkl",
    tenant: "acme",
    sparse: false,
    referenceTo: (noun) => (noun === "customer" ? customer : undefined),
  });

it("refers to the sender's customer where customers are records, and to the tenant otherwise", () => {
  expect(body("7")).toEqual({ customer_id: 7, note: "cnryabcdefghijkl" });
  expect(body(undefined)).toEqual({ customer_id: "acme", note: "cnryabcdefghijkl" });
});
