import { defineRule, type AstNode, type RuleContext } from "../rule.js";
import { fitsAny } from "../syntax/files.js";
import { importsOf, type Imports } from "../syntax/imports.js";
import { child, children, pathOf, someNode } from "../syntax/nodes.js";

/** What opens the database, by the module that it comes from. */
const openers: readonly (readonly [RegExp, readonly string[]])[] = [
  [/^pg(-pool|-native)?$/, ["Pool", "Client", "default"]],
  [/^@prisma\/client$|(^|\/)prisma(\/|$)/, ["PrismaClient"]],
  [/^drizzle-orm\//, ["drizzle"]],
  [/^postgres$/, ["default"]],
  [/^kysely$/, ["Kysely"]],
];

export const noUnscopedClient = defineRule({
  description: "Forbid opening the database past the scoped pool, outside of the files that may",
  messages: {
    unscoped:
      "{{what}} opens the database without a tenant. Use the scoped pool (tenantry.db), or do this in a file that the option `allow` names.",
  },
  options: {
    allow: { type: "array", items: { type: "string" } },
    scoped: { type: "array", items: { type: "string" } },
  },
  defaults: {
    /** Files in which it is allowed. */
    allow: [
      "**/db/**",
      "**/database/**",
      "**/db.*",
      "**/database.*",
      "**/prisma.*",
      "**/migrat*",
      "**/migrat*/**",
      "**/seed*",
      "**/seed*/**",
      "**/scripts/**",
      "**/*.test.*",
      "**/*.spec.*",
      "**/test/**",
      "**/tests/**",
      "**/*.config.*",
    ] as readonly string[],
    /** What is scoped already: built upon one of these, a client is too. */
    scoped: ["tenantry"] as readonly string[],
  },
  create(context, { allow, scoped }) {
    if (fitsAny(context.filename, allow)) return {};
    const imports = importsOf();
    const check = (node: AstNode) => checkCall(node, imports, scoped, context);
    return { ...imports.visitor, CallExpression: check, NewExpression: check };
  },
});

function checkCall(
  node: AstNode,
  imports: Imports,
  scoped: readonly string[],
  context: RuleContext,
): void {
  const path = pathOf(child(node, "callee"));
  if (!opens(path, node.type === "NewExpression", imports)) return;
  const isScoped = children(node, "arguments").some((argument) =>
    someNode(argument, (each) => each.type === "Identifier" && scoped.includes(pathOf(each)[0]!)),
  );
  if (isScoped) return;
  const what = `${node.type === "NewExpression" ? "new " : ""}${path.join(".")}()`;
  context.report({ node, messageId: "unscoped", data: { what } });
}

function opens(path: readonly string[], isNew: boolean, imports: Imports): boolean {
  const [root = "", ...members] = path;
  const imported = imports.of(root);
  if (imported === undefined) return isNew && path.join(".") === "PrismaClient";
  const [, names] = openers.find(([module]) => module.test(imported.module)) ?? [];
  if (names === undefined) return false;
  // `import pg from "pg"` is opened by pg.Pool, and postgres by itself.
  const isWhole = imported.name === "*" || (imported.name === "default" && members.length > 0);
  const name = isWhole ? members.at(-1) : members.length === 0 ? imported.name : undefined;
  if (name === undefined || !names.includes(name)) return false;
  if (imported.module === "pg" && name === "default") return false;
  const isCall = name === "drizzle" || imported.module === "postgres";
  return isCall ? !isNew : isNew;
}
