// Model, detector and smoothing: chosen once, for all tabs.

import { $, el } from "./dom.js";
import { getJson } from "./api.js";
import { language, number, onLanguage, percent, t } from "./i18n.js";
import { recall, remember } from "./memory.js";

const CHOICES = ["model", "detector", "smoothing"];
const listeners = [];
let models = [];
let labels = [];
let standard = null;

/** Call back at each change of what is chosen. */
export const onSettings = (callback) => listeners.push(callback);

export const settings = {
  get model() {
    return $("model").value;
  },
  get detector() {
    return $("detector").value;
  },
  get smoothing() {
    return $("smoothing").value;
  },
  get mirror() {
    return $("mirror").checked;
  },
  /** The language of labels in pictures; left out where the program has no font for it. */
  get labels() {
    return language() !== "en" && labels.includes(language()) ? language() : undefined;
  },
  /** What requests for photos and videos carry. */
  get query() {
    return { model: this.model, detector: this.detector };
  },
};

/** What the program says of the chosen model. */
export const chosenModel = () => models.find(({ name }) => name === settings.model);

/** Ask for the models and fill the lists. */
export async function startSettings() {
  const answer = await getJson("/v1/models");
  models = answer.models;
  fill(
    "model",
    models.map(({ name }) => name),
    answer.default,
  );
  // The first one leaves the choice to the program, which may have settings of its own for it.
  standard = answer.default_detector;
  fill("detector", ["", ...answer.detectors.filter((name) => name !== standard)], "");
  labels = answer.labels;
  $("smoothing").value = recall("smoothing") ?? "average";
  for (const id of [...CHOICES, "mirror"]) {
    $(id).addEventListener("change", () => {
      if (CHOICES.includes(id)) remember(id, $(id).value);
      changed();
    });
  }
  $("settings").addEventListener("submit", (event) => event.preventDefault());
  onLanguage(describe);
  describe();
}

/** Add a model, such as an adapted one, and choose it. */
export function addModel(model) {
  models = [...models.filter(({ name }) => name !== model.name), model];
  fill(
    "model",
    models.map(({ name }) => name),
    model.name,
    null,
  );
  changed();
}

/** Take a model out of the list; the first one is chosen if it was chosen. */
export function removeModel(name) {
  const chosen = settings.model;
  models = models.filter((model) => model.name !== name);
  fill(
    "model",
    models.map((model) => model.name),
    chosen,
    null,
  );
  if (chosen === name) changed();
}

function fill(id, names, standard, remembered = recall(id)) {
  $(id).replaceChildren(...names.map((name) => el("option", { value: name, text: name })));
  $(id).value = names.includes(remembered) ? remembered : standard;
  if (!$(id).value) $(id).selectedIndex = 0;
}

function changed() {
  describe();
  for (const callback of listeners) callback();
}

function describe() {
  const [first] = $("detector").options;
  const key = standard ? "settings.default" : "settings.standard";
  if (first) first.text = t(key, { name: standard });
  const { accuracy, dataset, bytes, adapted } = chosenModel() ?? {};
  const parts = [];
  if (adapted) parts.push(t("settings.adapted"));
  if (accuracy)
    parts.push(
      t("settings.accuracy", { share: percent(accuracy.value, 1), dataset: dataset ?? "" }),
    );
  if (bytes) parts.push(t("settings.size", { size: number(bytes / 1e6, 1) }));
  $("model-note").textContent = parts.join(" · ");
}
