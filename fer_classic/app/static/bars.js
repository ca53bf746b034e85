// Score bars.

import { el } from "./dom.js";
import { named, t } from "./i18n.js";
import { best, colorOf, scoreText, shares } from "./expressions.js";

/** A list with a bar for each score of a face, or a sentence where the model has none. */
export function scoreBars(face) {
  if (!face.scores) return el("p", { class: "hint", text: t("face.no_scores") });
  const top = best(face);
  const rows = shares(face.scores, face.score_kind).map(({ name, score, share }) =>
    barRow(named(name), share, scoreText(score, face.score_kind), {
      color: colorOf(name, Object.keys(face.scores)),
      top: name === top,
    }),
  );
  return el("ul", { class: "bars" }, rows);
}

/** One row: a word, a bar and a number. The words and numbers are for everybody, the bar is drawn. */
export function barRow(word, share, value, { color, top = false }) {
  const fill = el("span", { class: "fill", style: { width: `${100 * share}%`, "--tint": color } });
  return el(
    "li",
    { class: top ? "top" : undefined },
    el("span", { class: "word", text: word }),
    el("span", { class: "rail", "aria-hidden": "true" }, fill),
    el("span", { class: "value", text: value }),
  );
}

/** Set new scores in a list that is on the page, so that its bars move; false if it does not fit. */
export function moveBars(list, face) {
  const rows = list?.children ?? [];
  const values = face.scores ? shares(face.scores, face.score_kind) : [];
  if (!values.length || rows.length !== values.length) return false;
  const top = best(face);
  values.forEach(({ name, score, share }, place) => {
    const [word, rail, value] = rows[place].children;
    if (word.textContent !== named(name)) word.textContent = named(name);
    rail.firstChild.style.setProperty("width", `${100 * share}%`);
    value.textContent = scoreText(score, face.score_kind);
    rows[place].className = name === top ? "top" : "";
  });
  return true;
}
