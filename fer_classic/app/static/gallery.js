// Many photos as a grid: small pictures with their faces framed, and what was found in all of them.

import { button, el, icon } from "./dom.js";
import { counted, language, named, number, percent, t } from "./i18n.js";
import { sentence } from "./message.js";
import { barRow } from "./bars.js";
import { colorOf, faceColor, faceText, isUncertain, UNCERTAIN } from "./expressions.js";
import { classesOf, photoTable, save, saveJson } from "./downloads.js";
import { loadPicture, release } from "./pictures.js";

// Pixels of a small picture; one for each photo of a folder stays in memory.
const [WIDTH, HEIGHT] = [320, 240];
const QUALITY = 0.8;
const WORDS = 3;

const list = el("ul", { class: "grid" });

/** Show photos in a place; only tiles that have changed are put in anew, so that a grid can grow. */
export function showGallery(place, photos, { open, query, stop }) {
  place.replaceChildren(overview(photos, stop), list);
  photos.forEach((photo, k) => {
    const made = tile(photo, open, query);
    if (list.children[k] === made) return;
    if (k < list.children.length) list.children[k].replaceWith(made);
    else list.append(made);
  });
  while (list.children.length > photos.length) list.lastChild.remove();
}

function tile(photo, open, query) {
  const state = photo.error ? "error" : photo.result ? "done" : "waiting";
  const { result, tile: before } = photo;
  const key = `${state} ${language()}`;
  if (before?.key === key && before.result === result) return before.element;
  const spot = el("span", { class: "thumbnail" }, photo.error ? icon("warning") : null);
  const element = el(
    "li",
    {},
    el(
      "button",
      {
        type: "button",
        class: "tile",
        disabled: state === "waiting",
        on: { click: () => open(photo) },
      },
      spot,
      el("span", { class: "name", text: photo.name.replace(/^.*\//, "") }),
      el("span", { class: photo.error ? "what failed" : "what", text: found(photo) }),
    ),
  );
  photo.tile = { key, result, element };
  if (state === "done") drawThumbnail(photo, spot, query);
  return element;
}

async function drawThumbnail(photo, spot, query) {
  const { result, tile: mine } = photo;
  try {
    const { image, annotated } = await loadPicture(photo.file, query());
    const canvas = paint(image, annotated ? { ...result, faces: [] } : result);
    release(image);
    const blob = await new Promise((resolve) => canvas.toBlob(resolve, "image/jpeg", QUALITY));
    // The tile may have been made anew, for another result.
    if (photo.tile !== mine) return;
    release(photo.thumbnail);
    photo.thumbnail = el("img", { src: URL.createObjectURL(blob), alt: "" });
    spot.replaceChildren(photo.thumbnail);
  } catch {
    // The sentence of the tile says what was found; the picture is decoration.
  }
}

function paint(image, { width, height, faces }) {
  const scale = Math.min(WIDTH / width, HEIGHT / height);
  const canvas = el("canvas", {
    width: Math.ceil(width * scale),
    height: Math.ceil(height * scale),
  });
  const context = canvas.getContext("2d");
  context.drawImage(image, 0, 0, canvas.width, canvas.height);
  context.lineWidth = 3;
  for (const face of faces) {
    const [x, y, w, h] = face.box.map((value) => value * scale);
    context.strokeStyle = faceColor(face);
    context.beginPath();
    context.roundRect(x, y, w, h, 5);
    context.stroke();
  }
  return canvas;
}

function found(photo) {
  if (photo.error) return sentence(photo.error);
  if (!photo.result) return t("gallery.waiting");
  const { faces } = photo.result;
  if (!faces.length) return named("no face");
  const more = faces.length > WORDS ? ", …" : "";
  return `${counted("faces", faces.length)}: ${faces.slice(0, WORDS).map(faceText).join(", ")}${more}`;
}

function overview(photos, stop) {
  const done = photos.filter(({ result, error }) => result || error).length;
  const results = photos.map(
    ({ name, result, error }) => result ?? { name, error: error ? sentence(error) : "" },
  );
  const ready = photos.filter(({ result }) => result).map(({ result }) => result);
  const faces = ready.flatMap((result) => result.faces);
  const failed = photos.filter(({ error }) => error).length;
  const facts = [counted("photos", photos.length), counted("faces", faces.length)];
  if (failed) facts.push(counted("gallery.failed", failed));
  const busy = done < photos.length;
  const head = el("div", { class: "row" }, el("h2", { text: facts.join(" · ") }));
  if (busy) {
    const label = t("gallery.progress", { done: number(done), all: number(photos.length) });
    const bar = el("progress", { max: photos.length, value: done, "aria-label": label });
    head.append(bar, button(t("gallery.stop"), { symbol: "stop", click: stop }));
  } else {
    const table = () => save("photos.csv", photoTable(results, classesOf(ready)), "text/csv");
    head.append(
      el(
        "div",
        { class: "buttons" },
        button("JSON", {
          symbol: "download",
          click: () => saveJson("photos.json", { images: results }),
        }),
        button("CSV", { symbol: "download", click: table }),
      ),
    );
  }
  return el("div", { class: "card overview" }, head, counts(faces));
}

/** How often each expression was found, the most frequent first. */
function counts(faces) {
  if (!faces.length) return el("p", { class: "hint", text: t("gallery.none") });
  const tally = new Map();
  for (const face of faces) {
    const name = isUncertain(face) ? UNCERTAIN : face.expression;
    tally.set(name, (tally.get(name) ?? 0) + 1);
  }
  const classes = Object.keys(faces[0].scores ?? {});
  const rows = [...tally]
    .sort((a, b) => b[1] - a[1])
    .map(([name, n]) =>
      barRow(named(name), n / faces.length, `${number(n)} · ${percent(n / faces.length)}`, {
        color: colorOf(name, classes),
      }),
    );
  return el("ul", { class: "bars counts" }, rows);
}
