// The tab for photos: one photo large, many as a grid.

import { $, button, el } from "./dom.js";
import { photoForm, postJson, ServerError } from "./api.js";
import { counted, number, onLanguage, t } from "./i18n.js";
import { onSettings, settings } from "./settings.js";
import { clearError, sentence, showError } from "./message.js";
import { chooser, isPicture } from "./drops.js";
import { classesOf, photoTable, save, saveJson } from "./downloads.js";
import { declutter, faceCard, frame } from "./faces.js";
import { faceText } from "./expressions.js";
import { Latest } from "./latest.js";
import { annotated, loadPicture, release } from "./pictures.js";
import { toggleWhy } from "./why.js";
import { showGallery } from "./gallery.js";

let photos = [];
let shown = null;
// The results of all photos, and the picture of the one that is shown.
const results = new Latest();
const pictures = new Latest();
const sizes = new ResizeObserver(([{ target }]) => declutter(target));

const query = () => settings.query;
const message = () => $("photo-message");

export function startPhoto() {
  chooser("photo-choose", "photo-file", takePhotos);
  chooser("folder-choose", "folder-file", takePhotos);
  onSettings(() => {
    for (const photo of photos) photo.result = photo.error = null;
    dropDrawn();
    if (photos.length) recognizeAll();
  });
  onLanguage(() => {
    dropDrawn();
    draw();
    if (shown && !shown.image && !shown.error) show(shown);
  });
  document.addEventListener("keydown", onEscape);
}

/** Escape puts the explanation away that has the focus, or leads back to all photos. */
function onEscape({ key }) {
  if (key !== "Escape" || $("panel-photo").hidden || !shown) return;
  const card = document.activeElement.closest(".face");
  const why = card?.querySelector("[aria-expanded=true]");
  if (why) {
    why.click();
    why.focus();
  } else if (photos.length > 1) close();
}

/** Pictures with frames and words in them hold for one choice of settings and one language. */
function dropDrawn() {
  for (const photo of photos.filter(({ annotated }) => annotated)) {
    release(photo.image);
    Object.assign(photo, { image: null, annotated: false });
  }
}

/** Recognize the faces of some files, in place of those before. */
export function takePhotos(files) {
  clearError(message());
  const chosen = files.filter(isPicture);
  if (!chosen.length) {
    const name = files.length === 1 ? files[0].name : "";
    showError(message(), {
      key: name ? "photo.no_picture" : "photo.no_pictures",
      values: { name },
    });
    return;
  }
  photos.forEach(({ image, thumbnail }) => [image, thumbnail].forEach(release));
  photos = chosen.map((file) => ({
    file,
    name: file.webkitRelativePath || file.name || t("photo.pasted"),
  }));
  shown = photos.length === 1 ? photos[0] : null;
  recognizeAll();
}

/** Ask for one photo after the other; the program waits for nobody and keeps nothing. */
async function recognizeAll() {
  const signal = results.begin();
  pictures.stop();
  clearError(message());
  draw();
  for (const photo of photos) {
    await recognize(photo, signal);
    // Another choice was made, or other photos were taken.
    if (signal.aborted) return;
    if (shown === photo || !shown) draw();
  }
  announce();
}

async function recognize(photo, signal) {
  const options = { query: query(), signal };
  try {
    const [answer] = await Promise.all([
      patiently(() => postJson("/v1/recognize", photoForm(photo.file), options)),
      // Pictures of a grid are loaded by the grid, and given back at once.
      photo === shown ? addPicture(photo) : null,
    ]);
    signal.throwIfAborted();
    const [result] = answer.images;
    if (result.error) throw new ServerError(result.error, 422);
    photo.result = { ...result, name: photo.name, model: answer.model };
  } catch (error) {
    if (!signal.aborted) photo.error = error;
  }
}

/** Load the picture of a photo, unless it is there; false if another one is wanted by then. */
async function addPicture(photo) {
  const signal = pictures.begin();
  if (photo.image) return true;
  try {
    const loaded = await loadPicture(photo.file, query(), signal);
    if (signal.aborted) release(loaded.image);
    else Object.assign(photo, loaded);
  } catch (error) {
    if (!signal.aborted) throw error;
  }
  return !signal.aborted;
}

/** Where the program is asked too often, wait as long as it says. */
async function patiently(ask) {
  for (;;) {
    try {
      return await ask();
    } catch (error) {
      if (![429, 503].includes(error.status) || !error.retryAfter || photos.length === 1)
        throw error;
      await new Promise((resolve) => setTimeout(resolve, 1000 * error.retryAfter));
    }
  }
}

/** Leave it at the photos that are done. */
function stop() {
  results.stop();
  photos = photos.filter(({ result, error }) => result || error);
  draw();
  announce();
}

async function open(photo) {
  shown = photo;
  if (await show(photo)) $("photo-result").querySelector("button")?.focus();
}

/** Draw a photo when its picture is there; false if another one is wanted by then. */
async function show(photo) {
  try {
    if (!(await addPicture(photo))) return false;
  } catch (error) {
    photo.error = error;
  }
  draw();
  return true;
}

function draw() {
  // Of a single photo that failed there is nothing to show but the reason.
  const empty = !photos.length || (photos.length === 1 && Boolean(photos[0].error));
  $("photo-drop").classList.toggle("small", !empty);
  $("photo-result").hidden = !shown || empty;
  $("photo-grid").hidden = !photos.length || Boolean(shown);
  if (shown) drawPhoto(shown);
  else if (photos.length) showGallery($("photo-grid"), photos, { open, query, stop });
}

function drawPhoto(photo) {
  const place = $("photo-result");
  const back =
    photos.length > 1
      ? button(t("photo.back"), { symbol: "back", kind: "quiet", click: close })
      : null;
  const name = el("h2", { class: "name", text: photo.name });
  const title = el("div", { class: "row" }, el("div", { class: "title" }, back, name));
  if (photo.error) {
    place.replaceChildren(title);
    showError(message(), photo.error);
    return;
  }
  if (!photo.result || !photo.image) {
    place.replaceChildren(title, el("p", { class: "hint busy", text: t("photo.busy") }));
    return;
  }
  const { faces, milliseconds, width, height } = photo.result;
  const time = `${number(milliseconds)} ms`;
  const facts = [counted("faces", faces.length), `${width} × ${height}`, time];
  title.append(el("p", { class: "facts", text: facts.join(" · ") }));
  const picture = el("div", { class: "picture" }, photo.image);
  photo.image.alt = t("photo.alt", { name: photo.name, faces: counted("faces", faces.length) });
  const cards = el("div", { class: "cards" });
  if (!faces.length) cards.append(el("p", { class: "card nobody", text: t("photo.nobody") }));
  const order = faces
    .map((face, index) => ({ face, index }))
    .sort((a, b) => b.face.prominent - a.face.prominent);
  order.forEach(({ face, index }, place_) =>
    addFace({ photo, face, index, n: place_ + 1, picture, cards }),
  );
  sizes.disconnect();
  sizes.observe(picture);
  place.replaceChildren(
    title,
    el("div", { class: "photo" }, el("div", { class: "stage" }, picture, downloads(photo)), cards),
  );
}

function addFace({ photo, face, index, n, picture, cards }) {
  const size = { width: photo.result.width, height: photo.result.height };
  const whole = { face, index, file: photo.file, query: query() };
  const onWhy = () => toggleWhy({ ...whole, button: made.why, place: made.place });
  const made = faceCard(face, n, { image: photo.image, size, large: n === 1, onWhy });
  const spot = frame(face, n, size, () => {
    if (made.place.hidden) onWhy();
    made.card.scrollIntoView({ block: "nearest" });
    made.why.focus({ preventScroll: true });
  });
  if (photo.annotated) spot.classList.add("bare");
  // Who points at one of the two sees the other.
  for (const [from, to] of [
    [made.card, spot],
    [spot, made.card],
  ]) {
    for (const event of ["pointerenter", "focusin"])
      from.addEventListener(event, () => to.classList.add("meant"));
    for (const event of ["pointerleave", "focusout"])
      from.addEventListener(event, () => to.classList.remove("meant"));
  }
  picture.append(spot);
  cards.append(made.card);
}

function downloads(photo) {
  const stem = photo.name.replace(/^.*\//, "").replace(/\.[^.]*$/, "");
  const drawn = async () => {
    try {
      save(`${stem}_faces.png`, await annotated(photo.file, query()));
    } catch (error) {
      showError(message(), error);
    }
  };
  return el(
    "div",
    { class: "buttons downloads" },
    button(t("download.annotated"), { symbol: "download", click: drawn }),
    button("JSON", { symbol: "download", click: () => saveJson(`${stem}.json`, photo.result) }),
    button("CSV", {
      symbol: "download",
      click: () =>
        save(`${stem}.csv`, photoTable([photo.result], classesOf([photo.result])), "text/csv"),
    }),
  );
}

function close() {
  const photo = shown;
  shown = null;
  pictures.stop();
  clearError(message());
  draw();
  photo.tile?.element.querySelector("button").focus();
}

/** Say the result to those who do not see it. */
function announce() {
  const done = photos.filter(({ result }) => result);
  const faces = done.flatMap(({ result }) => result.faces);
  const words = [counted("faces", faces.length)];
  if (photos.length === 1) words.push(...faces.slice(0, 5).map(faceText));
  else words.unshift(counted("photos", done.length));
  const failed = photos.find(({ error }) => error);
  $("photo-status").textContent =
    failed && photos.length === 1 ? sentence(failed.error) : words.join(", ");
}
