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

export function clearError(place) {
  shown.delete(place);
  place.replaceChildren();
}

/** The sentence of an error; the program's sentences are English. */
export function sentence(error) {
  if (error.key) return t(error.key, error.values);
  if (error instanceof ServerError) return error.message;
  return t("error.page", { what: error.message });
}

function draw(place) {
  const error = shown.get(place);
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
