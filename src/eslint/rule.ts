/** The slice of ESLint and of its trees that the rules use; oxlint's is the same. */
export interface AstNode {
  readonly type: string;
  readonly parent?: AstNode | null;
}

export interface RuleContext {
  readonly filename: string;
  readonly cwd: string;
  readonly options: readonly unknown[];
  /** Knows scopes, see {@link NameScope}, where it is of JavaScript. */
  readonly sourceCode: object;
  report(problem: {
    readonly node: AstNode;
    readonly messageId: string;
    readonly data?: Readonly<Record<string, string>>;
  }): void;
}

/** The names that hold in one place. */
export interface NameScope {
  readonly set: ReadonlyMap<string, { readonly defs: readonly Definition[] }>;
  readonly upper: NameScope | null;
}

export interface Definition {
  /** As `Variable`, `Parameter`, `ImportBinding`. */
  readonly type: string;
  readonly name: AstNode;
  readonly node: AstNode;
  readonly parent?: AstNode | null;
}

export interface RuleModule {
  readonly meta: {
    readonly type: "problem";
    readonly docs: { readonly description: string };
    readonly messages: Record<string, string>;
    readonly schema: Record<string, unknown>[];
    readonly defaultOptions: Record<string, unknown>[];
  };
  create(context: RuleContext): Record<string, (node: AstNode) => void>;
}

interface Description<Options extends object> {
  readonly description: string;
  readonly messages: Record<string, string>;
  /** JSON Schema of each option. */
  readonly options: Record<keyof Options & string, unknown>;
  readonly defaults: Options;
  readonly create: (
    context: RuleContext,
    options: Options,
  ) => Record<string, (node: AstNode) => void>;
}

/** A rule with one object of options, each of which has a default. */
export function defineRule<Options extends object>(rule: Description<Options>): RuleModule {
  const { description, messages, options, defaults, create } = rule;
  return {
    meta: {
      type: "problem",
      docs: { description },
      messages,
      schema: [{ type: "object", properties: options, additionalProperties: false }],
      defaultOptions: [{}],
    },
    create(context) {
      const given = (context.options[0] ?? {}) as Partial<Options>;
      return create(context, { ...defaults, ...given });
    },
  };
}

export const strings = { type: "array", items: { type: "string" } } as const;
