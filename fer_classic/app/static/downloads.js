// Files made in the page: JSON, and CSV with the columns of `fer-classic predict`.

import { el } from "./dom.js";

// As SCHEMA_VERSION of fer_classic.live.tables.
export const SCHEMA = 2;

/** Hand a file to the browser's downloads. */
export function save(name, content, type) {
  const blob = content instanceof Blob ? content : new Blob([content], { type });
  const link = el("a", { href: URL.createObjectURL(blob), download: name });
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
}

export const saveJson = (name, value) =>
  save(name, JSON.stringify(value, null, 2), "application/json");

/** The classes of the model, in its order, from the scores that are there. */
export const classesOf = (results) =>
  Object.keys(
    results.flatMap(({ faces = [] }) => faces).find(({ scores }) => scores)?.scores ?? {},
  );

/** Rows of photos: one for each face, and one for each photo without faces. */
export function photoTable(images, classes) {
  const columns = [
    ...["schema", "run", "photo", "face", "track", "x", "y", "width", "height", "detector_score"],
    ...["expression", "reason", "score_kind", ...classes.map((name) => `score_${name}`)],
    ...["smoothing", "size", "sharpness", "symmetry", "error"],
  ];
  const rows = images.flatMap((image) => {
    const place = { schema: SCHEMA, run: 0, photo: image.name };
    if (image.error) return [{ ...place, error: image.error }];
    if (!image.faces.length) return [{ ...place, expression: "no face" }];
    return image.faces.map((face, number) => ({ ...place, ...faceCells(face, number) }));
  });
  return [columns, ...rows.map((row) => columns.map((name) => row[name]))].map(line).join("");
}

function faceCells(face, number) {
  const [x, y, width, height] = face.box;
  const scores = Object.entries(face.scores ?? {}).map(([name, score]) => [`score_${name}`, score]);
  return {
    face: number,
    x,
    y,
    width,
    height,
    detector_score: face.detection_score,
    expression: face.expression ?? "uncertain",
    reason: face.reason,
    score_kind: face.score_kind,
    ...Object.fromEntries(scores),
    smoothing: "none",
    ...face.quality,
  };
}

function line(cells) {
  return `${cells.map(cell).join(",")}\r\n`;
}

function cell(value) {
  if (value === undefined || value === null) return "";
  const text = String(value);
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
