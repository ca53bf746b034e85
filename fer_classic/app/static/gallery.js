// Many photos as a grid: small pictures with their faces framed, and what was found in all of them.

import { button, el, icon } from "./dom.js";
import { counted, named, number, percent, t } from "./i18n.js";
import { sentence } from "./message.js";
import { barRow } from "./bars.js";
import { colorOf, faceColor, faceText, isUncertain, UNCERTAIN } from "./expressions.js";
import { classesOf, photoTable, save, saveJson } from "./downloads.js";
import { loadPicture, release } from "./pictures.js";

const SIDE = 320;
const WORDS = 3;

/** Show photos in a place; tiles that are there already stay, so that a grid can grow. */
export function showGallery(place, photos, { open, query }) {
  const done = photos.filter(({ result, error }) => result || error).length;
  const tiles = photos.map((photo) => tile(photo, open, query));
  place.replaceChildren(overview(photos, done), el("ul", { class: "grid" }, tiles));
}

function tile(photo, open, query) {
  const state = photo.error ? "error" : photo.result ? "done" : "waiting";
  const key = `${state} ${document.documentElement.lang} ${JSON.stringify(photo.result?.model)}`;
  if (photo.tile?.key === key) return photo.tile.element;
  const words = el("span", { class: photo.error ? "what failed" : "what", text: found(photo) });
  const element = el(
    "li",
    {},
    el(
      "button",
      { type: "button", class: "tile", disabled: state === "waiting", on: { click: () => open(photo) } },
      el("span", { class: "thumbnail" }, blank(), photo.error ? icon("warning") : null),
      el("span", { class: "name", text: photo.name.replace(/^.*\//, "") }),
      words,
    ),
  );
  photo.tile = { key, element };
  if (state === "done") draw(photo, element.querySelector("canvas"), query);
  return element;
}

const blank = () => el("canvas", { width: SIDE, height: Math.round(SIDE * 0.75), "aria-hidden": "true" });

async function draw(photo, canvas, query) {
  try {
    const { image, annotated } = await loadPicture(photo.file, query());
    const { width, height, faces } = photo.result;
    const context = canvas.getContext("2d");
    const scale = Math.min(canvas.width / width, canvas.height / height);
    const [left, top] = [(canvas.width - width * scale) / 2, (canvas.height - height * scale) / 2];
    context.clearRect(0, 0, canvas.width, canvas.height);
    context.drawImage(image, left, top, width * scale, height * scale);
    release(image);
    context.lineWidth = 3;
    for (const face of annotated ? [] : faces) {
      const [x, y, w, h] = face.box.map((value) => value * scale);
      context.strokeStyle = faceColor(face);
      context.beginPath();
      context.roundRect(left + x, top + y, w, h, 5);
      context.stroke();
    }
  } catch {
    // The sentence of the tile says what was found; the picture is decoration.
  }
}

function found(photo) {
  if (photo.error) return sentence(photo.error);
  if (!photo.result) return t("gallery.waiting");
  const { faces } = photo.result;
  if (!faces.length) return named("no face");
  const more = faces.length > WORDS ? ", …" : "";
  return `${counted("faces", faces.length)}: ${faces.slice(0, WORDS).map(faceText).join(", ")}${more}`;
}

function overview(photos, done) {
  const results = photos.map(({ name, result, error }) => result ?? { name, error: error ? sentence(error) : "" });
  const ready = photos.filter(({ result }) => result).map(({ result }) => result);
  const faces = ready.flatMap((result) => result.faces);
  const failed = photos.filter(({ error }) => error).length;
  const facts = [counted("photos", photos.length), counted("faces", faces.length)];
  if (failed) facts.push(counted("gallery.failed", failed));
  const busy = done < photos.length;
  const head = el("div", { class: "row" }, el("h2", { text: facts.join(" · ") }));
  if (busy) {
    const label = t("gallery.progress", { done: number(done), all: number(photos.length) });
    head.append(el("progress", { max: photos.length, value: done, "aria-label": label }));
  } else {
    const table = () => save("photos.csv", photoTable(results, classesOf(ready)), "text/csv");
    head.append(
      el(
        "div",
        { class: "buttons" },
        button("JSON", { symbol: "download", click: () => saveJson("photos.json", { images: results }) }),
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
