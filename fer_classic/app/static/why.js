// Why a face was named so: the map over the face, for any of the expressions.

import { el } from "./dom.js";
import { named, t } from "./i18n.js";
import { photoForm, postJson } from "./api.js";
import { clearError, showError } from "./message.js";
import { best, scoreText } from "./expressions.js";
import { Latest } from "./latest.js";

/** Show the explanation of a face in its card, or put it away. */
export function toggleWhy({ face, index, file, query, button, place }) {
  const opening = place.hidden;
  place.hidden = !opening;
  button.setAttribute("aria-expanded", String(opening));
  if (opening && !place.childElementCount) fill({ face, index, file, query, place });
}

function fill({ face, index, file, query, place }) {
  const message = el("div");
  const figure = el("div", { class: "map", "aria-live": "polite" });
  const choice = el("select", { on: { change: ask } });
  for (const name of Object.keys(face.scores ?? {}))
    choice.append(el("option", { value: name, text: named(name) }));
  choice.value = best(face);
  const label = el("label", { class: "inline" }, el("span", { text: t("why.target") }), choice);
  place.replaceChildren(...(choice.childElementCount ? [label] : []), message, figure);
  const latest = new Latest();
  ask();

  async function ask() {
    const signal = latest.begin();
    clearError(message);
    figure.replaceChildren(el("p", { class: "hint busy", text: t("why.busy") }));
    try {
      const answer = await postJson("/v1/explain", photoForm(file), {
        query: { ...query, face: index, target: choice.value },
        signal,
      });
      figure.replaceChildren(...drawing(answer));
    } catch (error) {
      if (signal.aborted) return;
      figure.replaceChildren();
      showError(message, error);
    }
  }
}

function drawing(answer) {
  const target = named(answer.target);
  const picture = el("img", { src: answer.picture, alt: t("why.alt", { target }) });
  const legend = el(
    "p",
    { class: "legend" },
    el("span", { class: "swatch for" }),
    el("span", { text: t("why.for", { target }) }),
    el("span", { class: "swatch against" }),
    el("span", { text: t("why.against") }),
  );
  const words = (value) => scoreText(value, answer.score_kind);
  const [score, base] = [words(answer.score), words(answer.base_value)];
  const text = el("p", { class: "hint", text: t("why.text", { score, base }) });
  const method = el("p", {
    class: "hint",
    text: t(answer.method === "linear" ? "why.linear" : "why.occlusion"),
  });
  return [picture, el("div", {}, legend, text, method)];
}
