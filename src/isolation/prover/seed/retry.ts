import type { Refusal } from "./attempt.js";
import { sourcesOf } from "./evaluate.js";
import type { Style } from "./options.js";
import type { TableShape } from "./shape.js";

export const firstStyle: Style = {
  minimal: false,
  filled: new Set(),
  turned: new Map(),
  ownParents: new Set(),
};

/** How to try a refused row once more; undefined where trying again is no use. */
export function nextStyle(
  style: Style,
  refusal: Refusal,
  shapes: readonly TableShape[],
  time: number,
): Style | undefined {
  switch (refusal.code) {
    case "23505":
    case "23P01":
      return otherValues(style, refusal, shapes, time);
    case "23502":
      return refusal.column === undefined
        ? undefined
        : { ...style, filled: new Set([...style.filled, refusal.column]) };
    case "23503":
      return otherParents(style, shapes, time);
    case "42501":
    case "0A000":
      return undefined;
    default:
      return otherShape(style, shapes, time);
  }
}

/** Every attempt has new numbers; columns of few values are turned as well, then parents made. */
function otherValues(
  style: Style,
  refusal: Refusal,
  shapes: readonly TableShape[],
  time: number,
): Style {
  const uniques = shapes
    .flatMap((shape) => shape.uniques)
    .filter(({ name }) => name === refusal.constraint);
  const turned = new Map(style.turned);
  for (const column of uniques.flatMap(({ columns }) => columns)) turned.set(column, time);
  const links = shapes.flatMap((shape) => shape.links);
  const inUnique = links.filter(({ columns }) =>
    uniques.some((unique) => columns.some((column) => unique.columns.includes(column))),
  );
  const ownParents = time >= 3 ? new Set(inUnique.map(({ name }) => name)) : style.ownParents;
  return { ...style, turned, ownParents };
}

/** A foreign key of generated columns is met, if at all, by another value of what they are made from. */
function otherParents(style: Style, shapes: readonly TableShape[], time: number): Style {
  const turned = new Map(style.turned);
  for (const { relation } of shapes) {
    for (const column of relation.columns.filter(({ generated }) => generated !== "")) {
      for (const source of sourcesOf(column)) turned.set(source, time);
    }
  }
  return turned.size > 0 ? { ...style, turned } : otherShape(style, shapes, time);
}

/** For what triggers and unforeseen conditions refuse: first as little as may be, then other choices. */
function otherShape(style: Style, shapes: readonly TableShape[], time: number): Style {
  if (!style.minimal) return { ...style, minimal: true };
  const turned = new Map(style.turned);
  for (const { name, labels, baseType } of shapes.flatMap(({ relation }) => relation.columns)) {
    if (labels !== null || baseType === "bool") turned.set(name, time - 1);
  }
  for (const shape of shapes) for (const column of shape.hints.keys()) turned.set(column, time - 1);
  return { ...style, minimal: time % 2 === 0, turned };
}
