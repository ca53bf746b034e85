// The scores of the last minute, drawn as layers, and said in a sentence.

import { prepare, themeColor } from "./dom.js";
import { named, percent, t } from "./i18n.js";
import { colorOf, isUncertain, shares, UNCERTAIN } from "./expressions.js";

const SECONDS = 60;
// More points would not be seen, and take long to draw.
const STEP = 0.2;
// A longer gap without a face is a gap in the drawing.
const GAP = 1;
const BAND = 12;
const AXIS = 20;

export class Timeline {
  constructor(canvas) {
    this.canvas = canvas;
    this.points = [];
  }

  clear() {
    this.points = [];
    this.draw(0);
  }

  /** Take the most prominent face of a frame; `time` in seconds. */
  add(time, face) {
    if (face && time - (this.points.at(-1)?.time ?? -STEP) >= STEP) {
      const parts = face.scores
        ? shares(face.scores, face.score_kind)
        : [{ name: face.expression, share: 1 }];
      const sum = parts.reduce((all, { share }) => all + share, 0) || 1;
      const decided = isUncertain(face) ? UNCERTAIN : face.expression;
      this.points.push({
        time,
        decided,
        parts: parts.map(({ name, share }) => ({ name, share: share / sum })),
      });
    }
    const first = this.points.findIndex((point) => point.time > time - SECONDS);
    this.points.splice(0, first < 0 ? this.points.length : first);
  }

  draw(now) {
    const { context, width, height } = prepare(this.canvas);
    const place = (time) => width * (1 - (now - time) / SECONDS);
    const bottom = height - AXIS;
    context.fillStyle = themeColor("--sunken");
    context.beginPath();
    context.roundRect(0, 0, width, bottom, 6);
    context.fill();
    for (const [from, to] of this.pairs())
      drawStep(context, place(from.time), place(to.time), from, to, bottom);
    this.axis(context, width, height);
  }

  *pairs() {
    for (let k = 1; k < this.points.length; k += 1) {
      const [from, to] = [this.points[k - 1], this.points[k]];
      if (to.time - from.time <= GAP && from.parts.length === to.parts.length) yield [from, to];
    }
  }

  axis(context, width, height) {
    context.fillStyle = themeColor("--muted");
    context.font = "12px system-ui, sans-serif";
    context.textBaseline = "bottom";
    const marks = [
      [0, "left", "−60 s"],
      [width / 2, "center", "−30 s"],
      [width, "right", t("webcam.time_now")],
    ];
    for (const [x, side, text] of marks) {
      context.textAlign = side;
      context.fillText(text, x, height);
    }
  }

  /** Which expressions were shown for how much of the time. */
  summary() {
    const seconds = new Map();
    let all = 0;
    for (const [from, to] of this.pairs()) {
      seconds.set(from.decided, (seconds.get(from.decided) ?? 0) + to.time - from.time);
      all += to.time - from.time;
    }
    if (!all) return t("webcam.no_minute");
    const most = [...seconds].sort((a, b) => b[1] - a[1]).slice(0, 4);
    return most.map(([name, part]) => `${named(name)} ${percent(part / all)}`).join(" · ");
  }
}

function drawStep(context, left, right, from, to, bottom) {
  const classes = from.parts.map(({ name }) => name);
  // Steps meet without a seam.
  const end = right + 0.5;
  context.fillStyle = colorOf(from.decided, classes);
  context.fillRect(left, 0, end - left, BAND);
  const floor = bottom - BAND - 4;
  let [a, b] = [0, 0];
  from.parts.forEach(({ name, share }, k) => {
    const [c, d] = [a + share, b + to.parts[k].share];
    context.fillStyle = colorOf(name, classes);
    context.beginPath();
    context.moveTo(left, bottom - a * floor);
    context.lineTo(left, bottom - c * floor);
    context.lineTo(end, bottom - d * floor);
    context.lineTo(end, bottom - b * floor);
    context.fill();
    [a, b] = [c, d];
  });
}
