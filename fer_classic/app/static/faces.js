// Faces of a photo: frames on the picture, and cards beside it.

import { button, el } from "./dom.js";
import { number, t } from "./i18n.js";
import { scoreBars } from "./bars.js";
import { faceColor, faceText, isUncertain } from "./expressions.js";

// Share of its side by which a face is shown wider than its box.
const MARGIN = 0.15;

/** A frame on the picture that can be clicked; places are shares of the picture. */
export function frame(face, number_, { width, height }, onClick) {
  const [x, y, w, h] = face.box;
  const label = el("span", { class: "label", text: faceText(face), "aria-hidden": "true" });
  const kinds = [
    "frame",
    isUncertain(face) && "uncertain",
    y / height < 0.08 && "below",
    x / width > 0.7 && "end",
  ];
  return el(
    "button",
    {
      type: "button",
      class: kinds.filter(Boolean).join(" "),
      "aria-label": t("face.frame", { n: number_, what: faceText(face) }),
      on: { click: onClick },
      style: {
        left: `${(100 * x) / width}%`,
        top: `${(100 * y) / height}%`,
        width: `${(100 * w) / width}%`,
        height: `${(100 * h) / height}%`,
        "--tint": faceColor(face),
      },
    },
    label,
  );
}

/** Words that would cover other ones are shown only when their frame is pointed at. */
export function declutter(picture) {
  const taken = [];
  for (const spot of picture.querySelectorAll(".frame")) {
    const box = spot.firstChild.getBoundingClientRect();
    const covers = taken.some(
      ({ left, right, top, bottom }) =>
        box.left < right && left < box.right && box.top < bottom && top < box.bottom,
    );
    spot.classList.toggle("crowded", covers);
    if (!covers) taken.push(box);
  }
}

/** The face cut out of the picture, with some room around it. */
export function portrait(image, face, { width, height }, side, label) {
  const canvas = el("canvas", {
    class: "portrait",
    width: side,
    height: side,
    role: "img",
    "aria-label": label,
  });
  const [x, y, w, h] = face.box;
  const extent = Math.min(Math.max(w, h) * (1 + 2 * MARGIN), width, height);
  const left = Math.min(Math.max(0, x + w / 2 - extent / 2), width - extent);
  const top = Math.min(Math.max(0, y + h / 2 - extent / 2), height - extent);
  // The file may be shown at another size than the program has read it.
  const scale = image.naturalWidth / width;
  canvas
    .getContext("2d")
    .drawImage(image, left * scale, top * scale, extent * scale, extent * scale, 0, 0, side, side);
  return canvas;
}

/** A card with the portrait, all scores and the quality of a face; `large` for the most prominent. */
export function faceCard(face, n, { image, size, large, onWhy }) {
  const title = t(large ? "face.prominent" : "face.number", { n });
  const why = button(t("why.button"), {
    symbol: "info",
    kind: "quiet",
    click: onWhy,
    "aria-expanded": "false",
    "aria-label": t("why.label", { n }),
  });
  const heading = el(
    "div",
    {},
    el("h3", { text: title }),
    el("p", { class: isUncertain(face) ? "answer uncertain" : "answer", text: faceText(face) }),
  );
  const place = el("div", { class: "why", hidden: true });
  const card = el(
    "article",
    {
      class: large ? "card face large" : "card face",
      style: { "--tint": faceColor(face) },
      "aria-label": title,
    },
    portrait(image, face, size, large ? 480 : 192, t("face.portrait", { n })),
    el("div", { class: "about" }, heading, scoreBars(face)),
    el("div", { class: "below" }, quality(face), why),
    place,
  );
  return { card, why, place };
}

function quality(face) {
  const facts = [];
  if (face.quality) {
    facts.push([t("quality.size"), t("quality.pixels", { n: number(face.quality.size) })]);
    facts.push([t("quality.sharpness"), number(face.quality.sharpness, 2)]);
    facts.push([t("quality.symmetry"), number(face.quality.symmetry, 2)]);
  }
  if (face.detection_score !== null && face.detection_score !== undefined) {
    facts.push([t("quality.detector"), number(face.detection_score, 2)]);
  }
  const cells = facts.map(([name, value]) =>
    el("div", {}, el("dt", { text: name }), el("dd", { text: value })),
  );
  return cells.length ? el("dl", { class: "quality" }, cells) : null;
}
