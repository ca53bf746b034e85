// Frames and words over the picture of the camera.

import { prepare } from "./dom.js";
import { faceColor, faceText, isUncertain } from "./expressions.js";

const FONT = '600 14px system-ui, "Noto Sans CJK SC", "PingFang SC", "Microsoft YaHei", sans-serif';
const PAD = 7;
const ROW = 24;

/** Draw faces over a video that is shown whole (object-fit: contain), mirrored or not. */
export function drawOverlay(canvas, answer, { mirror }) {
  const { context, width, height } = prepare(canvas);
  if (!answer) return;
  const scale = Math.min(width / answer.width, height / answer.height);
  const [left, top] = [(width - answer.width * scale) / 2, (height - answer.height * scale) / 2];
  context.font = FONT;
  context.textBaseline = "middle";
  for (const face of answer.faces) {
    const [x, y, w, h] = face.box.map((value) => value * scale);
    const begin = left + (mirror ? answer.width * scale - x - w : x);
    drawFace(context, face, [begin, top + y, w, h], width);
  }
}

function drawFace(context, face, [x, y, w, h], width) {
  context.strokeStyle = faceColor(face);
  context.lineWidth = 3;
  context.setLineDash(isUncertain(face) ? [8, 6] : []);
  context.beginPath();
  context.roundRect(x, y, w, h, 8);
  context.stroke();
  const id = face.track_id === null || face.track_id === undefined ? "" : `  #${face.track_id}`;
  const text = faceText(face) + id;
  const extent = context.measureText(text).width + 2 * PAD;
  const begin = Math.max(0, Math.min(x, width - extent));
  const above = y - ROW - 4 >= 0 ? y - ROW - 4 : y + h + 4;
  context.fillStyle = faceColor(face);
  context.beginPath();
  context.roundRect(begin, above, extent, ROW, 5);
  context.fill();
  context.fillStyle = ink(faceColor(face));
  context.fillText(text, begin + PAD, above + ROW / 2 + 1);
}

/** Dark letters on bright colours, white ones on dark colours. */
export function ink(color) {
  const [red, green, blue] = color.match(/\d+/g).map(Number);
  return 0.299 * red + 0.587 * green + 0.114 * blue > 110 ? "#14181f" : "#fff";
}
