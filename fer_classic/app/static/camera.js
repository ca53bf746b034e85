// The camera: opened, read frame by frame, closed.

import { PageError } from "./api.js";

// Faces are found at this width; more would only make the frames larger.
const WIDTH = 640;
const QUALITY = 0.85;
const REASONS = {
  NotAllowedError: "camera.refused",
  SecurityError: "camera.refused",
  NotFoundError: "camera.none",
  OverconstrainedError: "camera.none",
  NotReadableError: "camera.busy",
  AbortError: "camera.busy",
};

/**
 * Show the camera in a video element, or throw a PageError; `onEnd` is called if it goes away.
 * The camera may be allowed after the signal was aborted, and is turned off again then.
 */
export async function openCamera(video, { deviceId, signal, onEnd }) {
  if (!navigator.mediaDevices) {
    throw new PageError(window.isSecureContext ? "camera.unknown" : "camera.insecure");
  }
  const wanted = { width: { ideal: WIDTH }, height: { ideal: 480 } };
  if (deviceId) wanted.deviceId = { exact: deviceId };
  else wanted.facingMode = "user";
  let stream;
  try {
    stream = await navigator.mediaDevices.getUserMedia({ video: wanted, audio: false });
  } catch (error) {
    throw new PageError(REASONS[error.name] ?? "camera.failed", { what: error.message });
  }
  if (signal.aborted) turnOff(stream);
  signal.throwIfAborted();
  stream.getVideoTracks()[0].addEventListener("ended", onEnd, { signal });
  video.srcObject = stream;
  await video.play();
}

export function closeCamera(video) {
  if (video.srcObject) turnOff(video.srcObject);
  video.srcObject = null;
}

function turnOff(stream) {
  for (const track of stream.getTracks()) track.stop();
}

/** The cameras of this device; their names are known once one was allowed. */
export async function listCameras() {
  const devices = await navigator.mediaDevices.enumerateDevices();
  return devices.filter(({ kind }) => kind === "videoinput");
}

/** The frame that is shown now, as a JPEG. */
export function grabFrame(video, canvas) {
  const scale = Math.min(1, WIDTH / video.videoWidth);
  canvas.width = Math.round(video.videoWidth * scale);
  canvas.height = Math.round(video.videoHeight * scale);
  canvas.getContext("2d").drawImage(video, 0, 0, canvas.width, canvas.height);
  return new Promise((resolve) => canvas.toBlob(resolve, "image/jpeg", QUALITY));
}
