import { orImpossible } from "../audit/impossible.js";
import { acceptedBy } from "../manifest/accepted.js";
import { secretsOf } from "../probe/identity/identity.js";
import { impossible, unusable } from "../probe/problem.js";
import { redact } from "../probe/redact.js";
import type { Finding, Rule } from "../report/finding.js";
import type { MatrixRow, Report } from "../report/report.js";
import { startReport } from "../report/start-report.js";
import type { Inputs } from "./inputs.js";
import { Unanswered, type Answer, type Item } from "./item.js";
import { items } from "./items/index.js";
import { withInputs } from "./open-inputs.js";
import type { ChecklistOptions } from "./options.js";

/**
 * Answers the questions of a review of multi-tenancy, each by what was really asked of the service, its database,
 * its Redis or its source. What was not given is not proven.
 * @throws {TenantryError} `CONFIG_INVALID` for options that cannot be used; `PROOF_IMPOSSIBLE` and
 *   `DATABASE_UNAVAILABLE` where something that was given does not answer
 */
export async function checklist(options: ChecklistOptions): Promise<Report> {
  const finish = startReport("checklist", acceptedBy(options.manifest));
  const asked = itemsOf(options);
  return withInputs(options, async (inputs) => {
    const answers: (readonly [Item, Answer])[] = [];
    for (const item of asked) {
      if (options.signal?.aborted === true) {
        throw impossible("The checklist was interrupted.", "Start it again.");
      }
      options.onStep?.(`${item.id}  ${item.question}?`);
      answers.push([item, await answerOf(item, inputs)]);
    }
    const secrets = (inputs.given.server?.identities ?? []).flatMap(secretsOf);
    return finish(redact(await resultOf(inputs, answers), secrets));
  });
}

/** @throws {TenantryError} `CONFIG_INVALID` */
function itemsOf({ only }: Pick<ChecklistOptions, "only">): readonly Item[] {
  const unknown = only?.find((id) => !items.some((item) => item.id === id));
  if (unknown === undefined) return items.filter(({ id }) => only?.includes(id) ?? true);
  throw unusable(
    `There is no item ${JSON.stringify(unknown)}.`,
    `There are: ${items.map(({ id }) => id).join(", ")}.`,
  );
}

async function answerOf(item: Item, inputs: Inputs): Promise<Answer> {
  return orImpossible(`${item.id} could not be asked`, () =>
    item.answer(inputs).catch((error: unknown): Answer => {
      if (error instanceof Unanswered) return { verdict: "unproven", evidence: error.message };
      throw error;
    }),
  );
}

type Result = Parameters<ReturnType<typeof startReport>>[0];

async function resultOf(
  { given }: Inputs,
  answers: readonly (readonly [Item, Answer])[],
): Promise<Result> {
  const subject = await given.database?.read();
  return {
    target: targetOf(given, subject),
    assumptions: subject?.assumptions ?? [],
    rules: answers.map(([item]) => ruleOf(item)),
    findings: answers.flatMap(([item, { findings = [] }]) =>
      findings.map((found): Finding => ({ rule: ruleOf(item), ...found })),
    ),
    matrices: [
      { what: "question", columns: ["answer"], isExplained: true, rows: answers.map(rowOf) },
    ],
    unproven: answers
      .filter(([, { verdict }]) => verdict === "unproven")
      .map(([item, { evidence }]) => `${item.id} ${item.question}? ${evidence}`),
    notes: [],
  };
}

function targetOf(
  { server, repository, redis }: Inputs["given"],
  subject:
    { readonly catalog: { readonly server: { database: string; version: string } } } | undefined,
): Report["target"] {
  const who = server?.identities.map(
    ({ name, host, baseUrl }) => `${name} at ${host ?? baseUrl.host}`,
  );
  return [
    ...(server === undefined
      ? []
      : [
          ["service", server.identities[0]!.baseUrl.href] as const,
          ["asked", `GET ${server.route} as ${who!.join(" and ")}`] as const,
        ]),
    ...(subject === undefined
      ? []
      : [
          [
            "database",
            `${subject.catalog.server.database} on PostgreSQL ${subject.catalog.server.version}`,
          ] as const,
        ]),
    ...(repository === undefined ? [] : [["repository", repository.root] as const]),
    ...(redis === undefined ? [] : [["redis", redis.place] as const]),
  ];
}

function rowOf([item, { verdict, evidence }]: readonly [Item, Answer]): MatrixRow {
  return {
    name: `${item.id} ${item.question}?`,
    cells: [{ verdict, note: evidence }],
  };
}

function ruleOf({ id, name, severity, title, meaning }: Item): Rule {
  return { id, name, severity, title, meaning };
}
