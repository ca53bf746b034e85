// The tab for the camera: live frames, scores, and the last minute.

import { $, el } from "./dom.js";
import { counted, named, number, onLanguage, t } from "./i18n.js";
import { onSettings, settings } from "./settings.js";
import { clearError, showError } from "./message.js";
import { closeCamera, grabFrame, listCameras, openCamera } from "./camera.js";
import { drawOverlay } from "./overlay.js";
import { moveBars, scoreBars } from "./bars.js";
import { faceText, UNCERTAIN } from "./expressions.js";
import { Latest } from "./latest.js";
import { LiveSocket } from "./live.js";
import { onTab } from "./tabs.js";
import { onTheme } from "./theme.js";
import { PageError } from "./api.js";
import { Timeline } from "./timeline.js";

// Milliseconds between two changes of what is said to a screen reader, of the drawings beside the
// picture, and of these where less motion is wanted.
const SPEECH = 3000;
const DRAWING = 100;
const CALM = 1000;

const calm = matchMedia("(prefers-reduced-motion: reduce)");
const scratch = document.createElement("canvas");
// From Start to Stop, also while the camera is being opened.
const camera = new Latest();
let timeline;
let socket = null;
let last = null;
let spoken = 0;
let drawn = 0;

const now = () => performance.now() / 1000;
const video = () => $("webcam-video");
const configuration = () => ({
  model: settings.model,
  detector: settings.detector || null,
  smoothing: settings.smoothing,
});

export function startWebcam() {
  timeline = new Timeline($("webcam-timeline"));
  $("webcam-start").addEventListener("click", () => begin());
  $("webcam-stop").addEventListener("click", () => end("webcam.stopped"));
  $("camera").addEventListener("change", restart);
  onSettings(() => {
    if (socket) clearError($("webcam-message"));
    socket?.configure(configuration());
    mirrorVideo();
  });
  onLanguage(redraw);
  onTheme(redraw);
  window.addEventListener("resize", redraw);
  onTab((name) => (name === "webcam" ? redraw() : end()));
  showFace(null);
}

async function begin() {
  const signal = camera.begin();
  clearError($("webcam-message"));
  showButtons();
  say(t("webcam.starting"));
  try {
    await openCamera(video(), {
      deviceId: $("camera").value,
      signal,
      onEnd: () => fail(new PageError("camera.ended")),
    });
    $("webcam-empty").hidden = true;
    mirrorVideo();
    showCameras();
    timeline.clear();
    socket = new LiveSocket({
      settings: configuration(),
      onAnswer: show,
      onError: warn,
      onEnd: fail,
    });
    await socket.open();
    signal.throwIfAborted();
    say(t("webcam.started"));
    run(socket, signal);
  } catch (error) {
    if (!signal.aborted) fail(error);
  }
}

/** Ask for one frame after the other. */
async function run(mine, signal) {
  while (!signal.aborted) {
    const frame = video().videoWidth ? await grabFrame(video(), scratch) : null;
    if (signal.aborted) return;
    if (frame) await mine.ask(frame);
    // A hidden page gets no more frames, and the camera rests.
    await new Promise(requestAnimationFrame);
  }
}

function show(answer) {
  last = answer;
  const face = answer.faces.find(({ prominent }) => prominent) ?? answer.faces[0];
  timeline.add(now(), face);
  drawOverlay($("webcam-overlay"), answer, settings);
  $("webcam-fps").textContent = answer.fps ? number(answer.fps, answer.fps < 10 ? 1 : 0) : "–";
  $("webcam-ms").textContent = number(answer.milliseconds);
  $("webcam-faces").textContent = number(answer.faces.length);
  if (performance.now() - drawn < (calm.matches ? CALM : DRAWING)) return;
  drawn = performance.now();
  showFace(face);
  drawMinute();
  speak(answer);
}

function showFace(face) {
  const place = $("webcam-bars");
  if (!face) {
    place.replaceChildren(
      el("p", { class: "hint", text: t(socket ? "webcam.nobody" : "webcam.no_face_yet") }),
    );
    return;
  }
  const answer = place.querySelector(".answer");
  if (answer && moveBars(place.querySelector(".bars"), face)) answer.textContent = faceText(face);
  else place.replaceChildren(el("p", { class: "answer" }), scoreBars(face));
  place.querySelector(".answer").textContent = faceText(face);
  place.querySelector(".answer").classList.toggle("uncertain", face.expression === UNCERTAIN);
}

function drawMinute() {
  timeline.draw(now());
  $("webcam-summary").textContent = timeline.summary();
}

/** Now and then, a sentence for those who do not see it. */
function speak(answer) {
  if (performance.now() - spoken < SPEECH) return;
  spoken = performance.now();
  // Without the scores, which would change each time.
  const words = answer.faces.slice(0, 3).map(({ expression }) => named(expression));
  say([counted("faces", answer.faces.length), ...words].join(", "));
}

function say(text) {
  if ($("webcam-status").textContent !== text) $("webcam-status").textContent = text;
}

/** A setting or a frame was refused, and the camera goes on. */
function warn(error) {
  showError($("webcam-message"), error);
}

function fail(error) {
  end();
  showError($("webcam-message"), error);
}

function end(word) {
  const { running } = camera;
  camera.stop();
  socket?.close();
  socket = last = null;
  closeCamera(video());
  drawOverlay($("webcam-overlay"), null, settings);
  showButtons();
  $("webcam-empty").hidden = false;
  for (const id of ["webcam-fps", "webcam-ms", "webcam-faces"]) $(id).textContent = "–";
  if (running) say(word ? t(word) : "");
  showFace(null);
}

/** Of Start and Stop, one is of use; it takes over the focus. */
function showButtons() {
  const [off, on] = [$("webcam-start"), $("webcam-stop")];
  const [useful, useless] = camera.running ? [on, off] : [off, on];
  useful.disabled = false;
  if (document.activeElement === useless) useful.focus();
  useless.disabled = true;
}

function restart() {
  end();
  begin();
}

async function showCameras() {
  const cameras = await listCameras();
  if (!video().srcObject) return;
  const chosen = video().srcObject.getVideoTracks()[0].getSettings().deviceId;
  $("camera-choice").hidden = cameras.length < 2;
  $("camera").replaceChildren(
    ...cameras.map(({ deviceId, label }, k) =>
      el("option", {
        value: deviceId,
        text: label || `${t("webcam.camera")} ${k + 1}`,
        selected: deviceId === chosen,
      }),
    ),
  );
}

function mirrorVideo() {
  video().classList.toggle("mirror", settings.mirror);
}

function redraw() {
  mirrorVideo();
  if ($("panel-webcam").hidden) return;
  drawMinute();
  drawOverlay($("webcam-overlay"), last, settings);
  if (!last) showFace(null);
}
