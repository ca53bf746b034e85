// Colours and words for scores, the same ones in lists, frames and time lines.

import { named, number, percent, t } from "./i18n.js";

// Okabe and Ito's palette, as in the pictures of the package.
export const COLORS = {
  angry: "rgb(213, 94, 0)",
  contempt: "rgb(204, 121, 167)",
  disgust: "rgb(0, 158, 115)",
  fear: "rgb(240, 228, 66)",
  happy: "rgb(230, 159, 0)",
  neutral: "rgb(190, 190, 190)",
  sad: "rgb(0, 114, 178)",
  surprise: "rgb(86, 180, 233)",
};
const OTHERS = [
  "rgb(86, 180, 233)",
  "rgb(230, 159, 0)",
  "rgb(0, 190, 140)",
  "rgb(235, 130, 190)",
  "rgb(240, 228, 66)",
  "rgb(245, 120, 70)",
  "rgb(140, 150, 255)",
  "rgb(160, 220, 80)",
];
export const UNCERTAIN = "uncertain";
const MUTED = "rgb(150, 155, 165)";

/** The colour of an expression; a class of one's own has one by its place among the classes. */
export function colorOf(name, classes = []) {
  if (name in COLORS) return COLORS[name];
  const place = classes.indexOf(name);
  return place < 0 ? MUTED : OTHERS[place % OTHERS.length];
}

/** A score in words: a probability in percent, a decision value as a number. */
export const scoreText = (score, kind) =>
  kind === "probability" ? percent(score) : number(score, 2);

/** The length of each bar, 0 to 1: decision values run from the smallest to the largest. */
export function shares(scores, kind) {
  const values = Object.values(scores);
  const [low, high] = kind === "probability" ? [0, 1] : [Math.min(...values), Math.max(...values)];
  return Object.entries(scores).map(([name, score]) => ({
    name,
    score,
    share: Math.min(1, Math.max(0, (score - low) / (high - low || 1))),
  }));
}

export const isUncertain = (face) => !face.expression || face.expression === UNCERTAIN;

/** The expression with the highest score, whatever was decided. */
export function best(face) {
  if (!face.scores) return face.expression;
  return Object.entries(face.scores).reduce((a, b) => (b[1] > a[1] ? b : a))[0];
}

export const faceColor = (face) =>
  isUncertain(face) ? MUTED : colorOf(face.expression, Object.keys(face.scores ?? {}));

/** A face in a few words, such as "happy 93 %" or "uncertain: blurred". */
export function faceText(face) {
  if (isUncertain(face)) {
    const reason = face.reason ? t("face.because", { reason: named(face.reason) }) : "";
    return named(UNCERTAIN) + reason;
  }
  const score = face.scores?.[face.expression];
  const word = named(face.expression);
  return score === undefined ? word : `${word} ${scoreText(score, face.score_kind)}`;
}
