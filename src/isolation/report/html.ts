import { keyOf, severities, severityOf, type Finding } from "./finding.js";
import { style } from "./html-style.js";
import { markup, safe, type Markup } from "./markup.js";
import type { Cell, Matrix, Report, Suppressed } from "./report.js";
import { conclusionOf } from "./text.js";

/** The report as one page that needs nothing else: to read, to print, to hand to an auditor. */
export function htmlOf(report: Report): string {
  const title = `Tenantry ${report.tool} report`;
  const page = markup`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<title>${title}</title>
<style>${safe(style)}</style>
</head>
<body>
<header><h1>${title}</h1><p class="conclusion">${conclusionOf(report)}</p>${facts(report)}</header>
${tally(report)}
${list("What was assumed", "Nobody said these; each names the option that does.", report.assumptions)}
${findings(report.findings)}
${report.matrices.map(matrix)}
${list("Not proven", "These could not be tried. They are not passes.", report.unproven)}
${suppressions(report.suppressed)}
${list("Notes", "", report.notes)}
${rules(report)}
</body>
</html>
`;
  return page.text;
}

function facts(report: Report): Markup {
  const rows = [...report.target, ["at", report.startedAt], ["tenantry", report.version]] as const;
  return markup`<dl>${rows.map(([name, value]) => markup`<dt>${name}</dt><dd>${value}</dd>`)}</dl>`;
}

function tally({ findings }: Report): Markup {
  const boxes = severities.map((severity) => {
    const number = findings.filter((finding) => severityOf(finding) === severity).length;
    return markup`<li class="${severity}"><b>${String(number)}</b> ${severity}</li>`;
  });
  return markup`<ul class="tally">${boxes}</ul>`;
}

function findings(all: readonly Finding[]): Markup {
  if (all.length === 0) return markup`<section><h2>Findings</h2><p>None.</p></section>`;
  return markup`<section><h2>Findings</h2>${all.map(finding)}</section>`;
}

function finding(one: Finding): Markup {
  const severity = severityOf(one);
  const place = one.place === undefined ? "" : `${one.place.file}:${one.place.line} · `;
  return markup`<article class="${severity}">
<h3><span class="badge">${severity}</span> ${one.rule.id} · ${one.rule.title}</h3>
<p class="key">${place}${keyOf(one)}</p><p>${one.message}</p><p class="meaning">${one.rule.meaning}</p>
<pre>${one.mend}</pre></article>
`;
}

const symbols: Readonly<Record<Cell["verdict"], string>> = {
  holds: "holds",
  open: "open",
  unproven: "not proven",
  "not applicable": "–",
};

function matrix({ what, columns, rows, isExplained = false }: Matrix): Markup {
  const body = rows.map(
    ({
      name,
      kind = "",
      cells,
    }) => markup`<tr><th scope="row">${name}</th><td>${kind}</td>${cells.map(
      ({ verdict, note = "" }) =>
        markup`<td class="${verdict.replace(" ", "-")}" title="${note}">${symbols[verdict]}</td>${isExplained ? markup`<td>${note}</td>` : markup``}`,
    )}</tr>
`,
  );
  const shown = isExplained ? [...columns, "what was seen"] : columns;
  const heads = shown.map((column) => markup`<th scope="col">${column}</th>`);
  return markup`<section><h2>By ${what}</h2><div class="wide"><table>
<thead><tr><th scope="col">${what}</th><th></th>${heads}</tr></thead>
<tbody>${body}</tbody></table></div></section>`;
}

function list(title: string, words: string, sentences: readonly string[]): Markup {
  if (sentences.length === 0) return markup``;
  return markup`<section><h2>${title}</h2><p>${words}</p><ul>${sentences.map(
    (sentence) => markup`<li>${sentence}</li>`,
  )}</ul></section>`;
}

function suppressions(all: readonly Suppressed[]): Markup {
  return list(
    "Suppressed",
    "Found, and accepted by somebody with a reason.",
    all.map(({ finding: { message }, finding: own, reason, until }) =>
      [`${keyOf(own)} – ${message}`, `Reason: ${reason}`, until && `Until ${until}`]
        .filter(Boolean)
        .join(" · "),
    ),
  );
}

function rules(report: Report): Markup {
  const found = new Set(report.findings.map(({ rule }) => rule.id));
  const rows = report.rules.map(
    ({ id, title, severity }) =>
      markup`<tr><td>${id}</td><td>${title}</td><td>${severity}</td><td>${found.has(id) ? "found" : "not found"}</td></tr>
`,
  );
  return markup`<section><h2>What was asked</h2><table><thead><tr><th>id</th><th>gap</th><th>severity</th><th></th></tr></thead>
<tbody>${rows}</tbody></table></section>`;
}
