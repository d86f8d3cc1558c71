import { expect, it } from "vitest";
import { refusedIn, withoutRefused, type Refused } from "./refused.js";

const selection =
  "{ __typename id edges { node { id secret owner { id secret } ... on Task { Task_at: at } } } }";

it.each<[Refused, string]>([
  [
    ["node", "secret"],
    "{ __typename id edges { node { id owner { id secret } ... on Task { Task_at: at } } } }",
  ],
  [["node", "owner"], "{ __typename id edges { node { id secret ... on Task { Task_at: at } } } }"],
  [["node", "Task_at"], "{ __typename id edges { node { id secret owner { id secret } } } }"],
  [["projects", "edges"], "{ __typename id }"],
  [["projects", "secret"], selection],
])("takes %j out of a selection", (refused, rest) => {
  expect(withoutRefused("projects", selection, refused)).toBe(rest);
});

it("reads from errors what was refused, and nothing from those of the whole", () => {
  const errors = [{ path: ["projects", "edges", 0, "node", "secret"] }, { path: ["projects"] }, {}];
  expect(refusedIn({ text: JSON.stringify({ errors }) })).toEqual([["node", "secret"]]);
  expect(refusedIn({ text: "<html>" })).toEqual([]);
});
