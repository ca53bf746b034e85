// Errors and notes, as sentences on the page.

import { ServerError } from "./api.js";
import { el, icon } from "./dom.js";
import { language, onLanguage, t } from "./i18n.js";

const shown = new Map();

/** Show an error in a place of the page; it stays until it is closed or cleared. */
export function showError(place, error) {
  if (error.name === "AbortError") return;
  shown.set(place, error);
  draw(place);
}

/** Show what has happened, as a text of the page. */
export function showNote(place, key) {
  shown.set(place, { note: key });
  draw(place);
}

/** Take an error or a note away. */
export function clearError(place) {
  shown.delete(place);
  place.replaceChildren();
}

/** The sentence of an error; the program's sentences are English. */
export function sentence(error) {
  if (error.key) return t(error.key, error.values);
  if (error instanceof ServerError) return capital(error.message);
  return t("error.page", { what: error.message });
}

/** Begin with a capital letter, unless the first word is the name of a file or a parameter. */
export const capital = (text) =>
  text.replace(/^[a-z]+(?=[ ,])/, (word) => word[0].toUpperCase() + word.slice(1));

function draw(place) {
  const error = shown.get(place);
  if (error.note) {
    const text = el("span", { text: t(error.note) });
    const role = "status";
    place.replaceChildren(el("p", { class: "message note", role }, icon("info"), text));
    return;
  }
  const lang = error instanceof ServerError && language() !== "en" ? "en" : undefined;
  const close = el(
    "button",
    {
      type: "button",
      class: "quiet square",
      "aria-label": t("close"),
      on: { click: () => clearError(place) },
    },
    icon("close"),
  );
  const text = el("p", { text: sentence(error), lang });
  place.replaceChildren(
    el("div", { class: "message error", role: "alert" }, icon("warning"), text, close),
  );
}

onLanguage(() => shown.forEach((_, place) => draw(place)));
