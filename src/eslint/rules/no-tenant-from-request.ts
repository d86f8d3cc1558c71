import { defineRule, strings, type AstNode } from "../rule.js";
import { fitsAny } from "../syntax/files.js";
import { plain } from "../syntax/names.js";
import {
  ancestors,
  awaited,
  child,
  children,
  pathOf,
  propertyName,
  textField,
} from "../syntax/nodes.js";

const defaultNames = [
  "tenant",
  "tenantId",
  "tenantSlug",
  "organization",
  "organizationId",
  "organisationId",
  "orgId",
  "workspaceId",
];

const bags = new Set(["body", "query", "params", "headers", "cookies", "searchParams"]);
const requests = /^(req|request|ctx|context|c|event)$/;
const readers = new Set(["param", "query", "header", "get", "queries"]);
const readable = /^(req|request|searchParams|headers|cookies|formData|form|c|ctx)$/;

export const noTenantFromRequest = defineRule({
  description: "Forbid taking the tenant from what a client sent",
  messages: {
    claimed:
      "{{what}} is what the client claims: anyone may write another tenant there. Use tenantry.scope().tenant, which was verified.",
  },
  options: { names: strings, allow: strings },
  defaults: {
    /** Compared without case, `_` and `-`, and without a header's `x-`. */
    names: defaultNames,
    /** Files in which it is allowed, as those that sign users in. */
    allow: [] as readonly string[],
  },
  create(context, { names, allow }) {
    if (fitsAny(context.filename, allow)) return {};
    const wanted = new Set(names.map(plain));
    const isTenant = (name: string | undefined) =>
      name !== undefined &&
      (wanted.has(plain(name)) || wanted.has(plain(name.replace(/^x-/i, ""))));
    const report = (node: AstNode, what: string) =>
      context.report({ node, messageId: "claimed", data: { what } });
    return {
      MemberExpression(node) {
        if (!isTenant(propertyName(node)) || isWritten(node)) return;
        const path = pathOf(node);
        if (isBag(path.slice(0, -1))) report(node, path.join("."));
      },
      CallExpression(node) {
        const path = pathOf(child(node, "callee"));
        const name = textField(children(node, "arguments")[0], "value");
        if (path.length < 2 || !readers.has(path.at(-1)!) || !isTenant(name)) return;
        if (children(node, "arguments").length === 1 && readable.test(path.at(-2)!)) {
          report(node, `${path.join(".")}(${JSON.stringify(name)})`);
        }
      },
      ObjectPattern(node) {
        const source = destructured(node);
        if (source === undefined || !isBag(pathOf(source))) return;
        for (const property of children(node, "properties")) {
          const name = propertyName(property);
          if (isTenant(name)) report(property, `${pathOf(source).join(".")}.${name ?? ""}`);
        }
      },
    };
  },
});

/** `req.body`, `await request.json()`, `c.req.query()`; `searchParams` by itself. */
function isBag(path: readonly string[]): boolean {
  const last = path.at(-1) ?? "";
  if (last === "searchParams") return true;
  if (path.length < 2) return false;
  const isBody = last === "json" || last === "formData" || last === "parseBody";
  return (bags.has(last) || isBody) && path.slice(0, -1).some((each) => requests.test(each));
}

function destructured(pattern: AstNode): AstNode | undefined {
  const { parent } = pattern;
  if (parent?.type === "VariableDeclarator") {
    const source = child(parent, "init");
    return source === undefined ? undefined : awaited(source);
  }
  return parent?.type === "AssignmentExpression" ? child(parent, "right") : undefined;
}

/** A proxy that overwrites the header takes nothing from the client. */
function isWritten(node: AstNode): boolean {
  const [parent] = ancestors(node);
  if (parent === undefined) return false;
  if (parent.type === "AssignmentExpression") return child(parent, "left") === node;
  return parent.type === "UnaryExpression" && textField(parent, "operator") === "delete";
}
