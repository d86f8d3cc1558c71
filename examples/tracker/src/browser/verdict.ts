import type { Answer, Attack, Verdict } from "../demo/attack.js";

/** Judges by what came back alone; a probe that failed by accident counts for nothing. */
export function judge(attack: Attack, answer: Answer, control: Answer | null): Verdict {
  const { expected, leak } = attack;
  if (new RegExp(leak).test(answer.body)) return "broken";
  if (expected.status >= 400 && answer.status < 400) return "broken";
  if (control !== null && !alike(answer, control)) return "broken";
  return answer.status === expected.status && answer.body.includes(expected.body)
    ? "held"
    : "unproven";
}

/** Alike in everything but the time of day. */
export function alike(one: Answer, other: Answer): boolean {
  const timeless = (headers: Answer["headers"]) =>
    Object.entries(headers)
      .filter(([name]) => name !== "date")
      .sort();
  return (
    one.status === other.status &&
    one.body === other.body &&
    JSON.stringify(timeless(one.headers)) === JSON.stringify(timeless(other.headers))
  );
}
