// The start of the page: its parts, and where dropped files go.

import { $ } from "./dom.js";
import { closeWithPage, getJson } from "./api.js";
import { language, onLanguage, setLanguage, t, translate } from "./i18n.js";
import { isPicture, isVideo, onFiles } from "./drops.js";
import { openTab, openTabName, startTabs } from "./tabs.js";
import { showError } from "./message.js";
import { startAdapt } from "./adapt.js";
import { startPhoto, takePhotos } from "./photo.js";
import { startSettings } from "./settings.js";
import { startTheme } from "./theme.js";
import { startVideo, takeVideo } from "./video.js";
import { startWebcam } from "./webcam.js";

const LOOPBACK = /^(localhost|127(\.\d+){3}|\[::1\])$/;

function showFixed() {
  $("language").textContent = language() === "en" ? "中文" : "English";
  $("language").lang = language() === "en" ? "zh-CN" : "en";
  const here = LOOPBACK.test(location.hostname);
  $("privacy-text").textContent = t(here ? "privacy.here" : "privacy.there", {
    host: location.host,
  });
}

/** Pictures go to the photos and a video to the videos, whatever tab is open. */
function takeAny(files) {
  const video = files.length === 1 && isVideo(files[0]) && !isPicture(files[0]);
  const name = video || (openTabName() === "video" && !files.some(isPicture)) ? "video" : "photo";
  openTab(name);
  if (name === "video") takeVideo(files);
  else takePhotos(files);
}

async function start() {
  translate();
  showFixed();
  onLanguage(showFixed);
  $("language").addEventListener("click", () => setLanguage(language() === "en" ? "zh" : "en"));
  startTheme();
  closeWithPage();
  try {
    await startSettings();
  } catch (error) {
    showError($("start-message"), error);
  }
  startPhoto();
  startWebcam();
  startVideo();
  startAdapt();
  startTabs();
  onFiles(takeAny);
  document.documentElement.dataset.ready = "";
  try {
    $("version").textContent = `fer_classic ${(await getJson("/healthz")).version}`;
  } catch {
    // The error of the start stands on the page already.
  }
}

start();
