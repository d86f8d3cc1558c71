/** What docs/errors.md must say of one code. */
export interface ErrorDescription {
  readonly status: number;
  readonly title: string;
  readonly meaning: string;
}

/** Where the page and the registry differ; one line for each difference. */
export function compareErrors(
  page: string,
  registry: Readonly<Record<string, ErrorDescription>>,
): readonly string[] {
  const sections = sectionsOf(page);
  const codes = sections.map(({ code }) => code);
  return [
    ...codes.filter((code, index) => codes.indexOf(code) !== index).map(differ("is there twice")),
    ...codes.filter((code) => !(code in registry)).map(differ("is not in the registry")),
    ...Object.entries(registry).flatMap(([code, description]) => {
      const section = sections.find((candidate) => candidate.code === code);
      return section === undefined
        ? [differ("is not on the page")(code)]
        : faultsOf(section.text, description).map((fault) => differ(fault)(code));
    }),
  ];
}

const differ = (fault: string) => (code: string) => `${code} ${fault}`;

interface Section {
  readonly code: string;
  /** The section's words, with line breaks as spaces. */
  readonly text: string;
}

/** One for each heading of the third level; headings above it only group. */
function sectionsOf(page: string): readonly Section[] {
  const [, ...parts] = page.replace(/^##? .*$/gm, "### ").split(/^### /m);
  return parts
    .map((part) => {
      const [code = "", ...lines] = part.split("\n");
      return { code: code.trim(), text: lines.join("\n").replace(/\s+/g, " ") };
    })
    .filter(({ code }) => code !== "");
}

function faultsOf(text: string, { status, title, meaning }: ErrorDescription): readonly string[] {
  const [, when = "", whatToDo = ""] = /_When:_ (.*?)_What to do:_ (.*)$/.exec(text) ?? [];
  const expected: readonly (readonly [fault: string, found: boolean])[] = [
    [`does not say **${status} ${title}.**`, text.includes(`**${status} ${title}.**`)],
    ["does not give the registry's meaning", text.includes(`.** ${meaning} `)],
    ["does not say when it arises", when.length > 20],
    ["does not say what to do", whatToDo.length > 20],
  ];
  return expected.filter(([, found]) => !found).map(([fault]) => fault);
}
