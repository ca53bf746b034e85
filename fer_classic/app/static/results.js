// What was seen in a video: the annotated copy, a time line, a table of the people, downloads.

import { el, icon } from "./dom.js";
import { counted, named, number, percent, t } from "./i18n.js";
import { colorOf, UNCERTAIN } from "./expressions.js";
import { clock, drawEpisodes, rowsHeight, timeAt } from "./episodes.js";
import { capital } from "./message.js";
import { onTheme } from "./theme.js";

// People beyond those are in the table file.
const MOST = 20;
const SHARES = 3;

let redraw = () => {};
onTheme(() => redraw());
window.addEventListener("resize", () => redraw());

/** Show the results of a video in a place of the page. */
export function showVideoResult(place, answer) {
  const { people: all, timeline, seconds } = answer.summary;
  const people = all.slice(0, MOST);
  const classes = Object.keys(all[0]?.shares ?? {}).filter((name) => name !== UNCERTAIN);
  const played = el("p", { class: "hint" });
  const player = playerOf(answer, played);
  const facts = [
    counted("frames", answer.frames),
    `${number(seconds, 1)} s`,
    counted("people", all.length),
  ];
  const head = el(
    "div",
    { class: "row" },
    el("h2", { class: "name", text: answer.name }),
    el("p", { class: "facts", text: facts.join(" · ") }),
  );
  const canvas = el("canvas", {
    class: "episodes",
    role: "img",
    "aria-label": t("video.timeline_alt"),
  });
  canvas.style.height = `${rowsHeight(people.length)}px`;
  const state = { people, timeline, seconds, classes };
  redraw = () =>
    canvas.isConnected &&
    canvas.offsetWidth &&
    drawEpisodes(canvas, { ...state, cursor: player.currentTime });
  player.addEventListener("timeupdate", redraw);
  canvas.addEventListener("click", ({ offsetX }) => {
    player.currentTime = timeAt(canvas, offsetX, seconds);
  });
  const line = el(
    "section",
    { class: "card" },
    el("h3", { text: t("video.timeline") }),
    canvas,
    legend(timeline, classes),
  );
  const note = answer.message
    ? el(
        "p",
        { class: "message note" },
        icon("info"),
        el("span", { text: capital(answer.message), lang: "en" }),
      )
    : null;
  const body = people.length ? [line, table(people, all.length)] : [];
  const left = el("div", { class: "stage" }, player, played, links(answer));
  place.replaceChildren(
    head,
    el("div", { class: "photo" }, left, el("div", { class: "cards" }, note, body)),
  );
  redraw();
}

function playerOf({ annotated_url, name, file }, note) {
  const player = el("video", {
    class: "player",
    src: annotated_url,
    controls: true,
    playsinline: true,
    preload: "metadata",
    "aria-label": t("video.annotated_alt", { name }),
  });
  // Not every browser plays what the program could write; the video itself may do.
  const fallBack = () => {
    note.textContent = t("video.not_played");
    player.src = URL.createObjectURL(file);
    player.addEventListener("error", () => player.remove(), { once: true });
  };
  player.addEventListener("error", fallBack, { once: true });
  return player;
}

function links({ name, url, annotated_url }) {
  const stem = name.replace(/\.[^.]*$/, "");
  const link = (href, file, text) =>
    el("a", { class: "button", href, download: file }, icon("download"), el("span", { text }));
  return el(
    "div",
    { class: "buttons downloads" },
    link(annotated_url, `${stem}_faces.mp4`, t("download.video")),
    link(`${url}/table.json`, `${stem}.json`, "JSON"),
    link(`${url}/table.csv`, `${stem}.csv`, "CSV"),
  );
}

function legend(timeline, classes) {
  const names = [...classes, UNCERTAIN].filter((name) =>
    timeline.some((run) => run.expression === name),
  );
  const items = names.map((name) =>
    el(
      "li",
      { style: { "--tint": colorOf(name, classes) } },
      el("span", { class: "swatch" }),
      el("span", { text: named(name) }),
    ),
  );
  return el("ul", { class: "legend" }, items);
}

function table(people, n_all) {
  const columns = ["video.person", "video.seen", "video.seconds", "video.shares"];
  const rows = people.map((person) =>
    el(
      "tr",
      {},
      el("th", { scope: "row", text: `#${person.id ?? "–"}` }),
      el("td", {
        text: `${clock(Math.round(person.first_seen))}–${clock(Math.round(person.last_seen))}`,
      }),
      el("td", { text: `${number(person.seconds, 1)} s` }),
      el("td", {}, mix(person)),
    ),
  );
  const more =
    n_all > people.length
      ? el("p", { class: "hint", text: t("video.more", { shown: people.length, all: n_all }) })
      : null;
  return el(
    "section",
    { class: "card" },
    el("h3", { text: t("video.people") }),
    el(
      "div",
      { class: "scroll", tabindex: 0, role: "region", "aria-label": t("video.people") },
      el(
        "table",
        {},
        el(
          "thead",
          {},
          el(
            "tr",
            {},
            columns.map((key) => el("th", { scope: "col", text: t(key) })),
          ),
        ),
        el("tbody", {}, rows),
      ),
    ),
    more,
  );
}

/** The shares of a person's time, in words and as one bar. */
function mix({ shares }) {
  const most = Object.entries(shares)
    .filter(([, share]) => share > 0)
    .sort((a, b) => b[1] - a[1]);
  const classes = Object.keys(shares).filter((name) => name !== UNCERTAIN);
  const words = most.slice(0, SHARES).map(([name, share]) => `${named(name)} ${percent(share)}`);
  const bar = most.map(([name, share]) =>
    el("span", { style: { width: `${100 * share}%`, "--tint": colorOf(name, classes) } }),
  );
  return [
    el("span", { class: "mix", "aria-hidden": "true" }, bar),
    el("span", { text: words.join(", ") }),
  ];
}
