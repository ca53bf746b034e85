// Light or dark: as the system says, until somebody chooses.

import { $, icon } from "./dom.js";
import { onLanguage, t } from "./i18n.js";
import { remember } from "./memory.js";

const system = matchMedia("(prefers-color-scheme: dark)");
const listeners = [];

const isDark = () =>
  (document.documentElement.dataset.theme ?? (system.matches ? "dark" : "light")) === "dark";

/** Call back when colours on canvases have to be drawn anew. */
export const onTheme = (callback) => listeners.push(callback);

export function startTheme() {
  $("theme").addEventListener("click", () => {
    const wanted = isDark() ? "light" : "dark";
    // Who goes back to the system's theme follows the system again.
    const same = (wanted === "dark") === system.matches;
    if (same) delete document.documentElement.dataset.theme;
    else document.documentElement.dataset.theme = wanted;
    remember("theme", same ? null : wanted);
    changed();
  });
  system.addEventListener("change", changed);
  onLanguage(draw);
  draw();
}

function changed() {
  draw();
  for (const callback of listeners) callback();
}

function draw() {
  $("theme").replaceChildren(icon(isDark() ? "sun" : "moon"));
  $("theme").setAttribute("aria-label", t(isDark() ? "theme.light" : "theme.dark"));
  $("theme").title = t(isDark() ? "theme.light" : "theme.dark");
}
