// The language of the page: texts by key, numbers, and who wants to know of a change.

import en from "./en.js";
import zh from "./zh.js";
import { recall, remember } from "./memory.js";

const TEXTS = { en, zh };
const listeners = [];
const wanted = recall("language") ?? navigator.language.slice(0, 2);
let current = wanted in TEXTS ? wanted : "en";

export const language = () => current;

/** The text of a key, with {names} filled in. */
export function t(key, values = {}) {
  const text = TEXTS[current][key] ?? key;
  return text.replace(/\{(\w+)\}/g, (whole, name) => values[name] ?? whole);
}

/** A number with its noun: counted("faces", 3) is the text "faces.other" with {n}. */
export function counted(key, n) {
  const rule = new Intl.PluralRules(current).select(n);
  return t(`${key}.${rule === "one" ? "one" : "other"}`, { n: number(n) });
}

/** What an expression, a reason or "no face" is called; classes of one's own keep their names. */
export function named(name) {
  return TEXTS[current][`expression.${name}`] ?? name;
}

export function number(value, digits = 0) {
  return value.toLocaleString(current, {
    minimumFractionDigits: digits,
    maximumFractionDigits: digits,
  });
}

export const percent = (share, digits = 0) => `${number(100 * share, digits)}%`;

/** Call back at each change of language. */
export function onLanguage(callback) {
  listeners.push(callback);
}

export function setLanguage(code) {
  current = code;
  remember("language", code);
  translate();
  for (const callback of listeners) callback();
}

/** Fill in the texts and labels of the page that stand in the markup as keys. */
export function translate() {
  document.documentElement.lang = current === "zh" ? "zh-CN" : current;
  for (const element of document.querySelectorAll("[data-text]")) {
    element.textContent = t(element.dataset.text);
  }
  for (const element of document.querySelectorAll("[data-label]")) {
    element.setAttribute("aria-label", t(element.dataset.label));
  }
}
