import { expect, it } from "vitest";
import { makesRecords } from "./makes-records.js";
import { parseRouteList } from "./route-list.js";

function makes(line: string, ...others: readonly string[]): boolean {
  const routes = parseRouteList([line, ...others].join("\n"), "a list");
  return makesRecords(routes[0]!, routes);
}

it.each(["POST /projects", "POST /api/projects/{id}/tasks", "POST /tenants/{tenantId}/invites"])(
  "takes %s for one that makes a record",
  (line) => {
    expect(makes(line)).toBe(true);
  },
);

it.each([
  "POST /settings",
  "POST /settings/reset",
  "POST /tenants/{id}/archive",
  "POST /account/rotate-keys",
  "POST /sign-out",
  "POST /search",
  "POST /projects/{id}",
  "POST /projects/{id}/{action}",
  "GET /projects",
])("takes %s for none", (line) => {
  expect(makes(line)).toBe(false);
});

it("takes it from the items below a path, whatever its name", () => {
  expect(makes("POST /api-keys")).toBe(false);
  expect(makes("POST /api-keys", "DELETE /api-keys/{id}")).toBe(true);
});

it("believes a description or a recording that says 201", () => {
  const [route] = parseRouteList("POST /checkout", "a list");
  expect(makesRecords({ ...route!, creates: true }, [])).toBe(true);
});
