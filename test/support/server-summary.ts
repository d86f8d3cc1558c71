import type { Reporter, TestModule, TestSuite } from "vitest/node";

/** The server that a suite runs on, or lacks, stands in brackets at the end of its title. */
const onServer =
  /^(.*) \[((?:(?:embedded|external|installed) PostgreSQL|Redis|NATS|RabbitMQ) [^\]]+|NO [A-Z][^\]]*)\]$/;

interface Tally {
  readonly suites: string[];
  readonly states: Map<string, number>;
}

/** At the end of a run: one line per server, and by name what did not run. */
export default class ServerSummary implements Reporter {
  onTestRunEnd(modules: readonly TestModule[]): void {
    const lines = summarize(modules);
    if (lines.length > 0) process.stdout.write(`\n Real servers\n${lines.join("\n")}\n\n`);
  }
}

function summarize(modules: readonly TestModule[]): string[] {
  const tallies = new Map<string, Tally>();
  for (const module of modules) {
    for (const suite of module.children.allSuites()) count(tallies, suite);
  }
  return [...tallies]
    .sort(([a], [b]) => a.localeCompare(b))
    .flatMap(([label, { suites, states }]) => {
      const results = [...states].map(([state, number]) => `${number} ${state}`).join(", ");
      const line = `   ${label}: ${suites.length} suites, ${results}`;
      return label.startsWith("NO ")
        ? [line, ...suites.map((name) => `     skipped: ${name}`)]
        : [line];
    });
}

function count(tallies: Map<string, Tally>, suite: TestSuite): void {
  const [, title, label] = onServer.exec(suite.name) ?? [];
  if (title === undefined || label === undefined) return;
  const tally = tallies.get(label) ?? { suites: [], states: new Map<string, number>() };
  tallies.set(label, tally);
  tally.suites.push(title);
  for (const test of suite.children.allTests()) {
    const { state } = test.result();
    tally.states.set(state, (tally.states.get(state) ?? 0) + 1);
  }
}
