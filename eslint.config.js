import { defineConfig, globalIgnores } from "eslint/config";
import tseslint from "typescript-eslint";

const typeScript = ["**/*.ts", "**/*.tsx"];
const tests = ["**/*.test.ts", "**/*.test-support.ts", "test/**", "bench/**", "examples/**"];

export default defineConfig(
  globalIgnores([
    "**/dist/",
    "**/node_modules/",
    ".tenantry/",
    "bench/results/",
    "coverage/",
    "**/.next/",
    "**/next-env.d.ts",
  ]),
  {
    name: "tenantry/no-way-around",
    linterOptions: { noInlineConfig: true },
  },
  {
    name: "tenantry/typed",
    files: typeScript,
    extends: [tseslint.configs.strictTypeChecked],
    languageOptions: { parserOptions: { projectService: true } },
    rules: {
      "@typescript-eslint/consistent-type-imports": "error",
      "@typescript-eslint/switch-exhaustiveness-check": [
        "error",
        { considerDefaultExhaustiveForUnions: true },
      ],
      "@typescript-eslint/no-unused-vars": ["error", { argsIgnorePattern: "^_" }],
      "@typescript-eslint/restrict-template-expressions": [
        "error",
        { allowNumber: true, allowBoolean: true },
      ],
      // noUncheckedIndexedAccess makes `!` the plain way to say "this index was just checked".
      "@typescript-eslint/no-non-null-assertion": "off",
      // Input is validated at the edge even where its type says that it must be right.
      "@typescript-eslint/no-unnecessary-condition": "off",
      // A method that answers at once may still have to fit an interface of promises.
      "@typescript-eslint/require-await": "off",
      // [...text] is how one counts code points.
      "@typescript-eslint/no-misused-spread": ["error", { allow: ["string"] }],
      "@typescript-eslint/no-confusing-void-expression": "off",
      "@typescript-eslint/no-meaningless-void-operator": "off",
      "@typescript-eslint/unified-signatures": "off",
      "@typescript-eslint/no-unnecessary-type-parameters": "off",
    },
  },
  {
    name: "tenantry/tests",
    files: tests.flatMap((pattern) => (pattern.endsWith(".ts") ? pattern : `${pattern}/*.ts`)),
    rules: {
      // expect.any(…) and its kin are typed `any`.
      "@typescript-eslint/no-unsafe-assignment": "off",
      // expect(object.method) does not call it.
      "@typescript-eslint/unbound-method": "off",
      "@typescript-eslint/no-empty-function": "off",
      "@typescript-eslint/no-misused-spread": "off",
      // A test says of what shape the failure is that it waits for.
      "@typescript-eslint/use-unknown-in-catch-callback-variable": "off",
      "@typescript-eslint/prefer-promise-reject-errors": "off",
    },
  },
  {
    name: "tenantry/plain-javascript",
    files: ["**/*.js", "**/*.cjs", "**/*.mjs"],
    extends: [tseslint.configs.base, tseslint.configs.eslintRecommended],
    rules: { "no-unused-vars": ["error", { argsIgnorePattern: "^_" }] },
  },
  {
    name: "tenantry/everywhere",
    rules: {
      eqeqeq: ["error", "always", { null: "ignore" }],
      "no-eval": "error",
      "no-var": "error",
      "object-shorthand": "error",
      "prefer-const": "error",
      "no-restricted-syntax": [
        "error",
        {
          selector:
            ":matches(MemberExpression[property.name='enterWith'], MemberExpression[property.value='enterWith'], Property[key.name='enterWith'])",
          message:
            "enterWith leaks the scope into whatever runs next. Use storage.run(context, work).",
        },
      ],
    },
  },
  {
    name: "tenantry/library",
    files: ["src/**/*.ts"],
    ignores: tests,
    rules: { "max-lines": ["error", { max: 300 }] },
  },
  {
    name: "tenantry/no-console",
    files: ["src/**/*.ts"],
    ignores: [...tests, "src/cli/**"],
    rules: { "no-console": "error" },
  },
);
