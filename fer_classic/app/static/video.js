// The tab for video files: upload, progress, and at the end who showed what when.

import { $ } from "./dom.js";
import { getJson, PageError, request, ServerError, upload } from "./api.js";
import { counted, number, onLanguage, percent, t } from "./i18n.js";
import { settings } from "./settings.js";
import { clearError, showError, showNote } from "./message.js";
import { chooser, isVideo } from "./drops.js";
import { Latest } from "./latest.js";
import { showVideoResult } from "./results.js";

// Milliseconds between two questions: short videos are done soon.
const [SHORTEST, LONGEST] = [100, 500];
// A program that is busy may miss one question.
const TRIES = 5;
// The status of a file that cannot be processed.
const UNREADABLE = 422;

const jobs = new Latest();
let job = null;
let answer = null;

const message = () => $("video-message");

export function startVideo() {
  chooser("video-choose", "video-file", takeVideo);
  $("video-cancel").addEventListener("click", cancel);
  onLanguage(draw);
}

/** Upload a video and follow it to its end. */
export async function takeVideo(files) {
  clearError(message());
  const file = files.find(isVideo);
  if (!file) {
    showError(message(), new PageError("video.no_video", { name: files[0].name }));
    return;
  }
  if (job) cancel();
  discard();
  const signal = jobs.begin();
  const mine = { file, name: file.name, sent: 0, status: null };
  job = mine;
  draw();
  try {
    const query = {
      ...settings.query,
      smoothing: settings.smoothing,
      labels: settings.labels,
      name: file.name,
    };
    const onProgress = (sent) => Object.assign(mine, { sent }) && draw();
    const { status_url } = await upload("/v1/video", file, {
      query,
      signal,
      onProgress,
    });
    mine.url = status_url;
    await follow(mine, signal);
  } catch (error) {
    if (signal.aborted) return;
    showError(message(), error);
  }
  job = null;
  draw();
}

async function follow(mine, signal) {
  let missed = 0;
  let pause = SHORTEST;
  for (;;) {
    try {
      mine.status = await getJson(mine.url, { signal });
      missed = 0;
    } catch (error) {
      missed += 1;
      if (signal.aborted || error instanceof ServerError || missed >= TRIES) throw error;
    }
    draw();
    const { state } = mine.status ?? {};
    if (state === "failed") throw new ServerError(mine.status.error, UNREADABLE);
    if (state === "cancelled") return;
    if (state === "done") {
      answer = { ...mine.status, file: mine.file, name: mine.name, url: mine.url };
      return;
    }
    await new Promise((resolve) => setTimeout(resolve, pause));
    pause = Math.min(2 * pause, LONGEST);
  }
}

function cancel() {
  jobs.stop();
  if (job.url) remove(job.url);
  job = null;
  draw();
  showNote(message(), "video.cancelled");
  $("video-choose").focus();
}

/** The results before are deleted, since only one is shown. */
function discard() {
  if (answer) remove(answer.url);
  answer = null;
}

async function remove(url) {
  try {
    await request(url, { method: "DELETE" });
  } catch {
    // It is deleted with the page, and after an hour.
  }
}

function draw() {
  $("video-drop").classList.toggle("small", Boolean(job || answer));
  $("video-job").hidden = !job;
  $("video-result").hidden = !answer;
  if (job) drawJob(job);
  if (answer) showVideoResult($("video-result"), answer);
}

function drawJob({ name, sent, status }) {
  $("video-name").textContent = name;
  const share = status ? status.progress : sent;
  const bar = $("video-progress");
  // A video may not say how long it is.
  if (share === null || (status && status.state === "queued")) bar.removeAttribute("value");
  else bar.value = share;
  $("video-state").textContent = stateText(sent, status);
}

function stateText(sent, status) {
  if (!status)
    return sent < 1 ? t("video.uploading", { share: percent(sent) }) : t("video.checking");
  if (status.state === "queued") return t("video.queued");
  const parts = [counted("frames", status.frames)];
  if (status.progress !== null) parts.unshift(percent(status.progress));
  if (status.seconds_left)
    parts.push(t("video.left", { seconds: number(Math.ceil(status.seconds_left)) }));
  return `${t("video.running")} ${parts.join(" · ")}`;
}
