import { defineRule, strings, type AstNode, type RuleContext } from "../rule.js";
import { fitsAny, handlerFiles } from "../syntax/files.js";
import { insideHandler } from "../syntax/handlers.js";
import { mentionsTenant, tenantWords } from "../syntax/names.js";
import {
  ancestors,
  child,
  children,
  pathOf,
  propertyName,
  someNode,
  textField,
} from "../syntax/nodes.js";
import { textOf } from "../syntax/text.js";

const told = new Set([
  "message",
  "detail",
  "stack",
  "hint",
  "constraint",
  "where",
  "internalQuery",
]);
const answers = new Set(["json", "send", "end", "status", "write", "text", "html", "render"]);
const responders = /^(res|response|reply|c|ctx|Response|NextResponse)$/;
const httpErrors =
  /^(Http|HTTP|BadRequest|NotFound|Forbidden|Unauthorized|Conflict|Unprocessable|Api|API|Client|Public|User|TRPC)\w*$/;

export const noTenantInError = defineRule({
  description: "Forbid tenants' data and database messages in what clients are told of an error",
  messages: {
    thrown:
      "This message tells a client of a tenant. Answer with a code and a generic text, and log the rest.",
    answered:
      "{{what}} goes out to the client: a database's message names rows, keys and values that may be another tenant's. Answer with a code, and log the error.",
  },
  options: { words: strings, handlers: strings },
  defaults: {
    words: tenantWords,
    handlers: handlerFiles,
  },
  create: (context, { words, handlers }) => ({
    ThrowStatement(node) {
      const made = child(node, "argument");
      if (made === undefined || !/^(New|Call)Expression$/.test(made.type)) return;
      const name = pathOf(child(made, "callee")).at(-1) ?? "";
      const [message] = children(made, "arguments").filter((each) => textOf(each) !== undefined);
      const holes = message === undefined ? [] : (textOf(message)?.holes ?? []);
      if (!holes.some((hole) => mentionsTenant(hole, words))) return;
      const reaches =
        httpErrors.test(name) || fitsAny(context.filename, handlers) || insideHandler(node);
      if (reaches) context.report({ node: made, messageId: "thrown" });
    },
    CallExpression(node) {
      const path = pathOf(child(node, "callee"));
      const isAnswer = answers.has(path.at(-1) ?? "") && path.some((each) => responders.test(each));
      if (isAnswer) checkAnswer(node, context);
    },
    NewExpression(node) {
      const name = pathOf(child(node, "callee")).at(-1) ?? "";
      if (/^(Next)?Response$/.test(name)) checkAnswer(node, context);
    },
  }),
});

function checkAnswer(node: AstNode, context: RuleContext): void {
  for (const argument of children(node, "arguments")) {
    let what: string | undefined;
    someNode(argument, (each) => {
      if (each.type === "MemberExpression" && tellsOfError(each)) what ??= pathOf(each).join(".");
      return what !== undefined;
    });
    if (what !== undefined)
      context.report({ node: argument, messageId: "answered", data: { what } });
  }
}

/** `error.message`, of what a catch clause caught or a name says. */
function tellsOfError(node: AstNode): boolean {
  const path = pathOf(node);
  if (path.length !== 2 || !told.has(propertyName(node) ?? "")) return false;
  const [name = ""] = path;
  return /^(e|err|error|ex|exception|cause)$/.test(name) || isCaught(node, name);
}

function isCaught(node: AstNode, name: string): boolean {
  for (const each of ancestors(node)) {
    if (each.type === "CatchClause" && textField(child(each, "param"), "name") === name)
      return true;
  }
  return false;
}
