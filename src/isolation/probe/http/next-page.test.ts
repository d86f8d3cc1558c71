import { expect, it } from "vitest";
import { nextPage } from "./next-page.js";

const query = (name: string) => ({
  query: [{ name, required: false, schema: {} }],
  fixedQuery: "",
});

function after(body: unknown, name = "limit", headers: Readonly<Record<string, string>> = {}) {
  const answer = {
    status: 200,
    headers: new Map(Object.entries(headers)),
    text: JSON.stringify(body),
    milliseconds: 1,
  };
  return nextPage({ method: "GET", path: "/projects?limit=2" }, answer, query(name))?.path ?? null;
}

it.each([
  [{ next: 12 }, "limit", "/projects?limit=2&cursor=12"],
  [{ data: [], pagination: { nextCursor: "a b" } }, "after", "/projects?limit=2&after=a+b"],
  [{ meta: { next_page: 3 } }, "page", "/projects?limit=2&page=3"],
  [{ next: "https://elsewhere.example/other?page=2" }, "page", "/projects?page=2"],
  [{ _links: { next: { href: "/projects?limit=2&page=2" } } }, "page", "/projects?limit=2&page=2"],
])("after %j asks for the next page", (body, name, path) => {
  expect(after(body, name)).toBe(path);
});

it("follows a Link line", () => {
  const link = '</projects?page=1>; rel="prev", </projects?page=3>; rel="next"';
  expect(after([], "page", { link })).toBe("/projects?page=3");
});

it.each([
  [{ next: null }],
  [{ data: [] }],
  [{ pageInfo: { hasNextPage: false, endCursor: "x" } }],
  [[]],
])("after %j there is none", (body) => {
  expect(after(body)).toBeNull();
});
