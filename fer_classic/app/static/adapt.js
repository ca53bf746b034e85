// The tab that moves a model towards one face: make a face, press a button, repeat.

import { $, button, el } from "./dom.js";
import { PageError, postJson, request } from "./api.js";
import { counted, named, number, onLanguage, percent, t } from "./i18n.js";
import { addModel, chosenModel, onSettings, removeModel, settings } from "./settings.js";
import { clearError, showError } from "./message.js";
import { closeCamera, grabFrame, openCamera } from "./camera.js";
import { save } from "./downloads.js";
import { Latest } from "./latest.js";
import { onTab } from "./tabs.js";

const scratch = document.createElement("canvas");
// From Start to Stop, also while the camera is being opened.
const camera = new Latest();
// From the first Start until the pictures are deleted.
const pictures = new Latest();
let own = null;
let taking = false;

const message = () => $("adapt-message");
const video = () => $("adapt-video");
const isOn = () => Boolean(own && video().srcObject);

export function startAdapt() {
  $("adapt-start").addEventListener("click", begin);
  $("adapt-stop").addEventListener("click", stop);
  $("adapt-delete").addEventListener("click", discard);
  $("adapt-fit").addEventListener("click", fit);
  document.addEventListener("keydown", byKey);
  onTab((name) => name !== "adapt" && stop());
  onSettings(() => {
    video().classList.toggle("mirror", settings.mirror);
    draw();
  });
  onLanguage(draw);
  draw();
}

async function begin() {
  const signal = camera.begin();
  clearError(message());
  draw();
  try {
    await openCamera(video(), { signal, onEnd: () => fail(new PageError("camera.ended")) });
    video().classList.toggle("mirror", settings.mirror);
    if (!own) {
      const answer = await postJson("/v1/adapt", undefined, { query: settings.query, signal });
      own = { ...answer, signal: pictures.begin(), fitted: null, adapted: null };
    }
    say(t("adapt.ready", { model: own.model }));
    draw();
  } catch (error) {
    if (!signal.aborted) fail(error);
  }
}

function fail(error) {
  stop();
  showError(message(), error);
}

function stop() {
  if (!camera.running) return;
  camera.stop();
  closeCamera(video());
  say("");
  draw();
}

/** Take a picture of the face as it is now. */
async function take(expression) {
  if (!isOn() || taking) return;
  const { session, signal } = own;
  taking = true;
  clearError(message());
  $("adapt-screen").classList.add("flash");
  try {
    const frame = await grabFrame(video(), scratch);
    const path = `/v1/adapt/${session}/${encodeURIComponent(expression)}`;
    const { counts } = await postJson(path, frame, { signal });
    Object.assign(own, { counts, fitted: null });
    say(t("adapt.taken", { name: named(expression), n: number(own.counts[expression]) }));
  } catch (error) {
    refused(error);
  }
  taking = false;
  $("adapt-screen").classList.remove("flash");
  draw();
}

function byKey(event) {
  const plain =
    !event.ctrlKey && !event.metaKey && !event.altKey && !event.target.closest("input, select");
  if ($("panel-adapt").hidden || !own || !plain) return;
  const expression = own.expressions[Number(event.key) - 1];
  if (expression) take(expression);
}

async function fit() {
  const { session, signal } = own;
  clearError(message());
  $("adapt-fit").disabled = true;
  say(t("adapt.busy"));
  try {
    const fitted = await postJson(`/v1/adapt/${session}/fit`, undefined, { signal });
    Object.assign(own, { fitted, adapted: fitted.model });
    const { before, after } = fitted;
    say(
      before === null
        ? t("adapt.fitted")
        : t("adapt.done", { before: percent(before), after: percent(after) }),
    );
  } catch (error) {
    say("");
    refused(error);
  }
  draw();
}

/** Pictures are gone after an hour; then the next start begins anew. */
function refused(error) {
  if (error.status === 404) forget();
  showError(message(), error);
}

function forget() {
  pictures.stop();
  // More pictures may have been taken since, but the model is still in use.
  if (own.adapted) removeModel(own.adapted);
  own = null;
  stop();
}

async function discard() {
  const { session } = own;
  forget();
  try {
    await request(`/v1/adapt/${session}`, { method: "DELETE" });
    say(t("adapt.deleted"));
  } catch (error) {
    showError(message(), error);
  }
  draw();
}

function say(text) {
  $("adapt-status").textContent = text;
}

function draw() {
  $("adapt-start").disabled = camera.running;
  $("adapt-stop").disabled = !camera.running;
  $("adapt-empty").hidden = isOn();
  $("adapt-delete").disabled = !own;
  const names = own?.expressions ?? chosenModel()?.expressions ?? [];
  const goal = own?.per_class ?? 5;
  $("adapt-keys").textContent = t("adapt.keys", { last: names.length, goal });
  $("adapt-takes").replaceChildren(...names.map((name, k) => row(name, k + 1, goal)));
  const filled = names.filter((name) => own?.counts[name]);
  $("adapt-fit").disabled = filled.length < 2;
  $("adapt-result").hidden = !own?.fitted;
  if (own?.fitted) $("adapt-result").replaceChildren(...result(own.fitted));
}

function row(name, key, goal) {
  const n = own?.counts[name] ?? 0;
  const dots = Array.from({ length: goal }, (_, k) =>
    el("span", { class: k < n ? "dot full" : "dot" }),
  );
  // It keeps the focus when the list is drawn anew.
  const id = `take-${key}`;
  const focused = document.activeElement?.id === id;
  const made = el(
    "button",
    {
      type: "button",
      id,
      disabled: !isOn(),
      "aria-label": t("adapt.take", { name: named(name), n: number(n), goal: number(goal) }),
      on: { click: () => take(name) },
    },
    el("kbd", { text: String(key), "aria-hidden": "true" }),
    el("span", { class: "word", text: named(name) }),
    el("span", { class: "dots", "aria-hidden": "true" }, dots),
    el("span", { class: "count", text: number(n), "aria-hidden": "true" }),
  );
  if (focused) queueMicrotask(() => made.focus());
  return el("li", {}, made);
}

function result(fitted) {
  const use = button(t("adapt.use"), {
    symbol: "check",
    kind: "primary",
    click: () => choose(fitted),
    disabled: settings.model === fitted.model,
  });
  const chosen = settings.model === fitted.model && t("adapt.in_use", { name: fitted.model });
  const get = button(t("adapt.download"), { symbol: "download", click: download });
  const measure = fitted.n_judged
    ? t("adapt.measure", { pictures: counted("pictures", fitted.n_judged) })
    : t("adapt.not_judged");
  const share = (value) => (value === null ? "–" : percent(value));
  return [
    el(
      "section",
      { class: "card" },
      el("h2", { text: t("adapt.result") }),
      el(
        "dl",
        { class: "figures large" },
        el(
          "div",
          {},
          el("dt", { text: t("adapt.before") }),
          el("dd", { text: share(fitted.before) }),
        ),
        el(
          "div",
          {},
          el("dt", { text: t("adapt.after") }),
          el("dd", { text: share(fitted.after) }),
        ),
      ),
      el("p", { class: "hint", text: measure }),
      recallTable(fitted.recall),
      el("div", { class: "buttons" }, use, get),
      chosen ? el("p", { class: "hint", text: chosen }) : null,
      el("p", { class: "hint", text: t("adapt.holds") }),
    ),
  ];
}

/** How often each expression was right; null if none was judged. */
function recallTable(recall) {
  const rows = Object.entries(recall).map(([name, { before, after }]) =>
    el(
      "tr",
      {},
      el("th", { scope: "row", text: named(name) }),
      el("td", { text: percent(before) }),
      el("td", { text: percent(after) }),
    ),
  );
  if (!rows.length) return null;
  const columns = ["adapt.expression", "adapt.before", "adapt.after"];
  const heads = columns.map((key) => el("th", { scope: "col", text: t(key) }));
  return el("table", {}, el("thead", {}, el("tr", {}, heads)), el("tbody", {}, rows));
}

function choose(fitted) {
  addModel({ name: fitted.model, adapted: true, expressions: fitted.expressions });
  say(t("adapt.in_use", { name: fitted.model }));
  // The button that was pressed is of no more use.
  $("adapt-result").querySelector("button:enabled").focus();
}

async function download() {
  const { session, signal, adapted } = own;
  try {
    const response = await request(`/v1/adapt/${session}/model.joblib`, { signal });
    save(`${adapted}.joblib`, await response.blob());
  } catch (error) {
    showError(message(), error);
  }
}
