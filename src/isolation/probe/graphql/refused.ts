import { jsonOf, type Answer } from "../http/message.js";

/** The last two names of a path: a field, and what it is a field of. */
export type Refused = readonly [string, string];

/** The selection of a field without what was refused, wherever in it that stands. */
export function withoutRefused(field: string, selection: string, refused: Refused): string {
  const tokens = selection.match(/\.\.\. on \w+|\w+: \w+|\w+|[{}]/g) ?? [];
  let at = 0;
  const block = (above: readonly string[]): string => {
    const parts: string[] = [];
    for (at += 1; at < tokens.length && tokens[at] !== "}";) {
      const token = tokens[at]!;
      at += 1;
      const isFragment = token.startsWith("...");
      const names = isFragment ? above : [...above, token.replace(/:.*/, "")];
      const inner = tokens[at] === "{" ? block(names) : null;
      if (inner === "{  }") continue;
      if (isFragment || names.slice(-2).join() !== refused.join())
        parts.push(inner === null ? token : `${token} ${inner}`);
    }
    at += 1;
    return `{ ${parts.join(" ")} }`;
  };
  return tokens.length === 0 ? selection : block([field]);
}

/** What was refused in an answer, below the root field; lists are passed through. */
export function refusedIn(answer: Pick<Answer, "text">): readonly Refused[] {
  const { errors = [] } = (jsonOf(answer) ?? {}) as { errors?: readonly { path?: unknown }[] };
  return errors.flatMap(({ path }): readonly Refused[] => {
    const names = Array.isArray(path) ? path.filter((each) => typeof each === "string") : [];
    const [of, name] = names.slice(-2);
    return of === undefined || name === undefined ? [] : [[of, name]];
  });
}
