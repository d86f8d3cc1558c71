import { parseAllDocuments, visit } from "yaml";
import { codeOf, importsOf, lineOf } from "./code.js";
import { packageOf, type Repository, type SourceFile } from "./repository.js";

export interface IsolationTests {
  /** Where a test or a job runs one, as `test/isolation.test.ts:12 calls proveIsolation()`. */
  readonly running: readonly string[];
  /** The same, of those that are skipped. */
  readonly skipped: readonly string[];
  /** Tests whose titles speak of other tenants, whatever they do. */
  readonly titled: readonly string[];
  readonly testFiles: number;
  readonly jobs: number;
}

const isTest = /(\.|-|_)(test|spec)\.[cm]?[jt]sx?$|(^|\/)(__tests__|tests?)\/.*\.[cm]?[jt]sx?$/;
const isScript = /(^|\/)(Makefile|Jenkinsfile|[^/]+\.sh)$/;
const isJob =
  /^(\.github\/workflows|\.woodpecker|\.buildkite)\/[^/]+\.ya?ml$|^(\.gitlab-ci|bitbucket-pipelines|azure-pipelines|\.circleci\/config)\.ya?ml$/;
const command = /\btenantry(?:@\S+)?\s+(prove|probe)\b/;

/** Looks for what tries to get from one tenant to another: in tests, jobs and scripts. */
export function findIsolationTests({ files }: Repository): IsolationTests {
  const tests = files.filter(({ path }) => isTest.test(path));
  const jobs = files.filter(({ path }) => isJob.test(path));
  const calls = tests.flatMap(callsIn);
  return {
    running: [
      ...calls.filter(({ skipped }) => !skipped).map(({ said }) => said),
      ...jobs.flatMap(commandsInJob),
      ...files.filter(({ path }) => isScript.test(path)).flatMap(commandsInShell),
      ...files.filter(({ path }) => /(^|\/)package\.json$/.test(path)).flatMap(commandsInScripts),
    ],
    skipped: calls.filter(({ skipped }) => skipped).map(({ said }) => said),
    titled: tests.flatMap(titlesIn),
    testFiles: tests.length,
    jobs: jobs.length,
  };
}

function callsIn(file: SourceFile) {
  const text = file.read();
  if (!importsOf(text).has("tenantry/testing")) return [];
  const code = codeOf(text);
  return Array.from(
    code.matchAll(/\b(proveIsolation|prove|probe)\s*\(/g),
    ({ 1: name, index }) => ({
      said: `${file.path}:${lineOf(text, index)} calls ${name!}()`,
      skipped: isSkipped(code.slice(0, index)),
    }),
  );
}

/** By the test that begins last before the call. */
function isSkipped(before: string): boolean {
  const begun = [...before.matchAll(/\b(x?)(?:it|test|describe)((?:\.\w+)*)\s*\(/g)].at(-1);
  return begun !== undefined && (begun[1] === "x" || /\.(skip|todo)\b/.test(begun[2]!));
}

/** Comments and the names of steps are no commands: only what is run counts. */
function commandsInJob(file: SourceFile): readonly string[] {
  const said: string[] = [];
  for (const document of parseAllDocuments(file.read())) {
    if (!("contents" in document)) continue;
    visit(document, {
      Pair(_, { key, value }) {
        if (!/^(run|script|before_script|after_script|command|commands)$/.test(String(key))) return;
        said.push(...commandsIn(file.path, String(value)));
      },
    });
  }
  return said;
}

function commandsInShell(file: SourceFile): readonly string[] {
  return commandsIn(file.path, file.read());
}

function commandsIn(path: string, script: string): readonly string[] {
  const found = command.exec(script.replace(/(^|\s)#.*$/gm, ""));
  return found === null ? [] : [`${path} runs tenantry ${found[1]!}`];
}

function commandsInScripts(file: SourceFile): readonly string[] {
  const scripts = Object.entries((packageOf(file)["scripts"] ?? {}) as Record<string, unknown>);
  return scripts.flatMap(([name, script]) => {
    const found = command.exec(String(script));
    return found === null ? [] : [`${file.path}: the script ${name} runs tenantry ${found[1]!}`];
  });
}

const speaks =
  /\b(cross|other|another|foreign|between|isolat\w*|leak\w*)\b.{0,40}\b(tenants?|organi[sz]ations?|orgs?|workspaces?|customers?)\b|\b(tenants?|organi[sz]ations?|orgs?|workspaces?|customers?)\b.{0,40}\b(isolat\w*|leak\w*|apart)\b/i;

function titlesIn(file: SourceFile): readonly string[] {
  const text = file.read();
  const found = text.matchAll(/\b(?:it|test)\s*\(\s*(["'`])(.{1,200}?)\1\s*,/g);
  return Array.from(found)
    .filter(({ 2: title }) => speaks.test(title!))
    .map(({ 2: title, index }) => `${file.path}:${lineOf(text, index)} ${JSON.stringify(title)}`);
}
