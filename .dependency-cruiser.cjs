/**
 * The direction of imports, as CONTRIBUTING.md tells it. test/tooling/import-rules.test.ts plants
 * a violation of every rule here and fails where one goes unreported.
 */

const foundation = [
  "resolver",
  "registry",
  "database",
  "cache",
  "queue",
  "outbound",
  "limits",
  "telemetry",
];
const services = ["identity", "audit-log", "isolation"];
const apart = ["http", "browser", "eslint", "testing", "cli"];
const folders = ["core", ...foundation, ...services, ...apart];

const frameworks = [
  "@hono/node-server",
  "@prisma/[^/]+",
  "bullmq",
  "drizzle-orm",
  "express",
  "fastify",
  "hono",
  "ioredis",
  "kysely",
  "koa",
  "next",
  "pg-boss",
  "prisma",
  "react",
  "redis",
];

/** Matches any of these folders of src. */
const inside = (/** @type {string[]} */ ...names) => `^src/(${names.join("|")})/`;
const compositionRoot = "^src/(index|options|tenantry)\\.ts$";
const testFile = "\\.(test|test-support)\\.ts$";
const installed = (/** @type {string[]} */ ...names) => `(^|/)node_modules/(${names.join("|")})/`;

/** Tests may reach for whatever they need; what is shipped may not. */
const shipped = (/** @type {string} */ path) => ({ path, pathNot: testFile });

/** A folder that may import the named ones and itself only. */
const mayImport = (/** @type {string} */ folder, /** @type {string[]} */ allowed) => ({
  name: `${folder}-imports-only-what-is-below-it`,
  comment:
    allowed.length === 0
      ? `src/${folder} imports nothing else of src.`
      : `Of src, ${folder} imports only ${allowed.join(", ")}. Declare the slice you need in core/.`,
  severity: "error",
  from: shipped(inside(folder)),
  to: { path: "^src/", pathNot: inside(folder, ...allowed) },
});

module.exports = {
  forbidden: [
    {
      name: "no-cycles",
      comment:
        "Modules that need each other at run time are one module. Cycles of types alone pass.",
      severity: "error",
      from: { path: "^src/" },
      to: { circular: true, viaOnly: { dependencyTypesNot: ["type-only"] } },
    },
    {
      name: "every-folder-has-its-place",
      comment: "A new folder of src gets its place in .dependency-cruiser.cjs first.",
      severity: "error",
      from: { path: "^src/", pathNot: [inside(...folders), compositionRoot] },
      to: {},
    },
    mayImport("core", []),
    ...foundation.map((folder) => mayImport(folder, ["core"])),
    ...services.map((folder) => mayImport(folder, ["core", ...foundation])),
    mayImport("browser", []),
    mayImport("eslint", ["core", "isolation"]),
    {
      name: "http-is-below-the-cli",
      comment: "http imports everything but the cli and what stands apart.",
      severity: "error",
      from: shipped(inside("http")),
      to: { path: inside("browser", "eslint", "testing", "cli") },
    },
    {
      name: "testing-is-below-the-cli",
      comment: "The helpers that users import never run a command.",
      severity: "error",
      from: shipped(inside("testing")),
      to: { path: inside("cli") },
    },
    {
      name: "http-knows-the-composition-root-by-type-only",
      comment: "http is handed a Tenantry; it does not build one. Use `import type`.",
      severity: "error",
      from: shipped(inside("http")),
      to: { path: compositionRoot, dependencyTypesNot: ["type-only"] },
    },
    {
      name: "the-composition-root-starts-no-command",
      comment: "What people import from tenantry does not bring the command line or its tools.",
      severity: "error",
      from: shipped(compositionRoot),
      to: { path: inside("browser", "eslint", "testing", "cli") },
    },
    {
      name: "no-test-support-in-what-is-shipped",
      comment: "A shipped file imports no test, no test support and nothing outside of src.",
      severity: "error",
      from: shipped("^src/"),
      to: { path: [testFile, "^(test|bench|examples|scripts|console-ui)/"] },
    },
    {
      name: "only-runtime-dependencies",
      comment: "A user's install has the `dependencies` of package.json and nothing more.",
      severity: "error",
      from: shipped("^src/"),
      to: {
        dependencyTypes: ["npm-dev", "npm-optional", "npm-peer", "npm-no-pkg", "npm-unknown"],
      },
    },
    {
      name: "nothing-unresolvable",
      comment: "An import that leads nowhere here leads nowhere for a user.",
      severity: "error",
      from: shipped("^src/"),
      to: { couldNotResolve: true },
    },
    {
      name: "frameworks-are-passed-in",
      comment: "Declare the slice you use as an interface, and let the caller pass the thing in.",
      severity: "error",
      from: { path: "^src/", pathNot: [testFile, inside("http")] },
      to: { path: installed(...frameworks) },
    },
    {
      name: "http-is-built-on-hono-alone",
      comment: "Inside http/, hono is allowed; every other framework is passed in.",
      severity: "error",
      from: shipped(inside("http")),
      to: { path: installed(...frameworks), pathNot: installed("hono") },
    },
    {
      name: "the-browser-has-no-node",
      comment: "The client for web pages runs where there is no Node.",
      severity: "error",
      from: shipped(inside("browser")),
      to: { dependencyTypes: ["core"] },
    },
  ],
  options: {
    doNotFollow: { path: "node_modules" },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: "tsconfig.json" },
    enhancedResolveOptions: {
      exportsFields: ["exports"],
      conditionNames: ["import", "types", "node", "default"],
    },
    combinedDependencies: false,
  },
};
