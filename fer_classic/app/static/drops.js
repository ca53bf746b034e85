// Files that are dropped, chosen or pasted.

import { $ } from "./dom.js";

const PICTURE = /\.(jpe?g|png|bmp|webp|tiff?|gif|heic|heif|jp2|pgm|ppm|pbm)$/i;
const VIDEO = /\.(mp4|m4v|mov|webm|mkv|avi|mpe?g|ogv|wmv)$/i;

export const isPicture = (file) => file.type.startsWith("image/") || PICTURE.test(file.name);
export const isVideo = (file) => file.type.startsWith("video/") || VIDEO.test(file.name);

/** Take what is dropped anywhere on the page, and pasted pictures. */
export function onFiles(take) {
  let depth = 0;
  const curtain = (shown) => {
    $("curtain").hidden = !shown;
  };
  document.addEventListener("dragenter", (event) => {
    if (!event.dataTransfer.types.includes("Files")) return;
    depth += 1;
    curtain(true);
  });
  document.addEventListener("dragleave", () => {
    depth = Math.max(0, depth - 1);
    curtain(depth > 0);
  });
  document.addEventListener("dragover", (event) => event.preventDefault());
  document.addEventListener("drop", async (event) => {
    event.preventDefault();
    depth = 0;
    curtain(false);
    const files = await dropped(event.dataTransfer);
    // Texts and empty folders can be dropped, too.
    if (files.length) take(files);
  });
  document.addEventListener("paste", (event) => {
    const files = [...event.clipboardData.files];
    if (files.length) take(files);
  });
}

/** Let a button choose files with a hidden input. */
export function chooser(buttonId, inputId, take) {
  $(buttonId).addEventListener("click", () => $(inputId).click());
  $(inputId).addEventListener("change", () => {
    const files = [...$(inputId).files];
    // So that the same file can be chosen again.
    $(inputId).value = "";
    if (files.length) take(files);
  });
}

async function dropped(transfer) {
  // Entries have to be asked for before the event is over.
  const entries = [...transfer.items].map((item) => item.webkitGetAsEntry?.()).filter(Boolean);
  if (!entries.length) return [...transfer.files];
  return (await Promise.all(entries.map(walk))).flat();
}

async function walk(entry) {
  if (entry.isFile) return [await new Promise((resolve, reject) => entry.file(resolve, reject))];
  const reader = entry.createReader();
  const found = [];
  // A reader gives a folder in parts.
  for (;;) {
    const part = await new Promise((resolve, reject) => reader.readEntries(resolve, reject));
    if (!part.length) break;
    found.push(...part);
  }
  found.sort((a, b) => a.name.localeCompare(b.name, undefined, { numeric: true }));
  return (await Promise.all(found.map(walk))).flat();
}
