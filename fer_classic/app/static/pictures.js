// Pictures for the screen: the file itself, or what the program makes of a file that browsers cannot show.

import { el } from "./dom.js";
import { photoForm, request } from "./api.js";
import { settings } from "./settings.js";

/** Load a file into an image; gives { image, annotated }, or throws what the program says of it. */
export async function loadPicture(file, query, signal) {
  const own = await decode(URL.createObjectURL(file));
  if (own) return { image: own, annotated: false };
  // HEIC and TIFF: the program reads them, and sends a PNG with the frames in it.
  const drawn = await annotated(file, query, signal);
  return { image: await decode(URL.createObjectURL(drawn)), annotated: true };
}

/** The photo with frames and words drawn into it, as a PNG. */
export async function annotated(file, query, signal) {
  const body = photoForm(file);
  const asked = { ...query, labels: settings.labels };
  return (await request("/v1/annotate", { method: "POST", body, query: asked, signal })).blob();
}

async function decode(source) {
  const image = el("img", { src: source, alt: "" });
  try {
    await image.decode();
    return image;
  } catch {
    URL.revokeObjectURL(source);
    return null;
  }
}

/** Give the memory of a picture back. */
export const release = (image) => image && URL.revokeObjectURL(image.src);
