// Errors and notes, as sentences on the page.

import { ServerError } from "./api.js";
import { el, icon } from "./dom.js";
import { language, onLanguage, t } from "./i18n.js";

// What each status of an answer means; the reason that comes with it is an English sentence.
const REFUSALS = {
  400: "refused.request",
  401: "refused.token",
  404: "refused.gone",
  408: "refused.slow",
  413: "refused.large",
  415: "refused.type",
  422: "refused.unreadable",
  429: "refused.often",
  500: "refused.failed",
  501: "refused.missing",
  503: "refused.busy",
  507: "refused.full",
};
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

/** An error as text; in front of an English reason stands what it means in the page's language. */
export function sentence(error) {
  return parts(error)
    .map(({ text }) => text)
    .join(" ");
}

/** The sentences of an error, with the language of those that are not in the page's. */
function parts(error) {
  if (error.key) return [{ text: t(error.key, error.values) }];
  if (!(error instanceof ServerError)) return [{ text: t("error.page", { what: error.message }) }];
  const reason = { text: capital(error.message) };
  if (language() === "en") return [reason];
  const meaning = REFUSALS[error.status];
  return [...(meaning ? [{ text: t(meaning) }] : []), { ...reason, lang: "en" }];
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
  const text = el("div", { class: "sentences" }, ...parts(error).map((part) => el("p", part)));
  place.replaceChildren(
    el("div", { class: "message error", role: "alert" }, icon("warning"), text, close),
  );
}

onLanguage(() => shown.forEach((_, place) => draw(place)));
