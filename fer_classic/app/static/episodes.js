// Who showed which expression when in a video: a row for each person, drawn on a canvas.

import { prepare, themeColor } from "./dom.js";
import { number } from "./i18n.js";
import { colorOf } from "./expressions.js";

const ROW = 26;
const BAR = 16;
const AXIS = 22;
const NAMES = 44;
// Steps between the marks of the axis, in seconds.
const STEPS = [0.5, 1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 1200, 1800, 3600];
const ROOM = 70;

/** The height in pixels that so many people need. */
export const rowsHeight = (people) => people * ROW + AXIS;

/** Draw the episodes; `cursor` is the time of the player in seconds. */
export function drawEpisodes(canvas, { people, timeline, seconds, classes, cursor }) {
  const { context, width, height } = prepare(canvas);
  const place = (time) => NAMES + ((width - NAMES - 1) * time) / (seconds || 1);
  context.font = "12px system-ui, sans-serif";
  axis(context, { place, width, height, seconds });
  people.forEach((person, row) => {
    const top = row * ROW + (ROW - BAR) / 2;
    context.fillStyle = themeColor("--muted");
    context.textBaseline = "middle";
    context.textAlign = "left";
    context.fillText(`#${person.id ?? "–"}`, 2, top + BAR / 2 + 1);
    context.fillStyle = themeColor("--sunken");
    context.beginPath();
    context.roundRect(NAMES, top, width - NAMES, BAR, 4);
    context.fill();
    for (const run of timeline.filter(({ id }) => id === person.id)) {
      const left = place(run.start);
      const extent = Math.max(1, place(run.end) - left);
      context.fillStyle = colorOf(run.expression, classes);
      context.fillRect(left, top, extent, BAR);
      // Light grey and yellow would be lost on white.
      context.strokeStyle = "rgb(0 0 0 / 28%)";
      if (extent > 3) context.strokeRect(left + 0.5, top + 0.5, extent - 1, BAR - 1);
    }
  });
  if (cursor !== undefined) {
    context.fillStyle = themeColor("--text");
    context.fillRect(place(cursor) - 1, 0, 2, height - AXIS + 4);
  }
}

/** The time at a place of the canvas. */
export function timeAt(canvas, x, seconds) {
  const { width } = canvas.getBoundingClientRect();
  return Math.min(1, Math.max(0, (x - NAMES) / (width - NAMES))) * seconds;
}

function axis(context, { place, width, height, seconds }) {
  const most = Math.max(2, (width - NAMES) / ROOM);
  const step = STEPS.find((wide) => seconds / wide <= most) ?? seconds / most;
  context.fillStyle = themeColor("--muted");
  context.textBaseline = "bottom";
  for (let time = 0; time <= seconds + 1e-6; time += step) {
    context.textAlign = time === 0 ? "left" : place(time) > width - 20 ? "right" : "center";
    context.fillText(clock(time), place(time), height);
  }
}

/** A time as 0:05 or 1:02:03; parts of a second only below ten seconds. */
export function clock(time) {
  const whole = Math.floor(time);
  const [hours, minutes, seconds] = [
    Math.floor(whole / 3600),
    Math.floor(whole / 60) % 60,
    whole % 60,
  ];
  const two = (value) => String(value).padStart(2, "0");
  if (hours) return `${hours}:${two(minutes)}:${two(seconds)}`;
  if (time % 1) return number(time, 1);
  return `${minutes}:${two(seconds)}`;
}
