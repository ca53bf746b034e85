// The web socket for frames: the next one is sent when the answer to the last one has come.

import { PageError, ServerError, session } from "./api.js";

// So many errors in a row are no accident of a frame.
const PATIENCE = 5;

export class LiveSocket {
  /**
   * `onAnswer` gets each answer; `onError` what was refused while the connection stays; `onEnd` an
   * error when the connection has ended by itself.
   */
  constructor({ settings, onAnswer, onError, onEnd }) {
    Object.assign(this, {
      settings,
      onAnswer,
      onError,
      onEnd,
      errors: 0,
      waiting: null,
      closed: false,
    });
  }

  open() {
    const scheme = location.protocol === "https:" ? "wss" : "ws";
    this.socket = new WebSocket(`${scheme}://${location.host}/live?session=${session}`);
    return new Promise((resolve, reject) => {
      this.socket.onopen = () => {
        this.configure(this.settings);
        resolve();
      };
      this.socket.onmessage = ({ data }) => this.take(JSON.parse(data));
      this.socket.onclose = () => {
        const error = new PageError("live.gone");
        reject(error);
        this.finish(error);
      };
    });
  }

  configure(settings) {
    this.settings = settings;
    if (this.socket?.readyState === WebSocket.OPEN) this.socket.send(JSON.stringify(settings));
  }

  /** Send a frame; resolves when it was answered, or the connection has ended. */
  async ask(blob) {
    const frame = await blob.arrayBuffer();
    if (this.socket.readyState !== WebSocket.OPEN) return;
    await new Promise((resolve) => {
      this.waiting = resolve;
      this.socket.send(frame);
    });
  }

  close() {
    this.closed = true;
    this.socket?.close();
    this.waiting?.();
  }

  take(answer) {
    // The answer to settings.
    if (!answer.error && !answer.faces) return;
    if (answer.error) {
      const error = new ServerError(answer.error, answer.status);
      this.errors += 1;
      if (this.errors >= PATIENCE) this.finish(error);
      else if (!this.closed) this.onError(error);
    } else {
      this.errors = 0;
      if (!this.closed) this.onAnswer(answer);
    }
    this.waiting?.();
  }

  finish(error) {
    const first = !this.closed;
    this.close();
    if (first) this.onEnd(error);
  }
}
