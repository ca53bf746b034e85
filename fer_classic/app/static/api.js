// Requests to the program that serves this page; it is asked and nobody else.

/** Uploads and adapted models belong to this page, until it is closed. */
export const session = [...crypto.getRandomValues(new Uint8Array(16))]
  .map((byte) => byte.toString(16).padStart(2, "0"))
  .join("");

/** Something went wrong that has a sentence of the page: a key of the texts. */
export class PageError extends Error {
  constructor(key, values = {}) {
    super(key);
    this.key = key;
    this.values = values;
  }
}

/** Something that the program refused, with its own sentence. */
export class ServerError extends Error {
  constructor(sentence, status, retryAfter) {
    super(sentence);
    this.status = status;
    this.retryAfter = retryAfter;
  }
}

/** A path with its query; empty values are left out. */
export function address(path, query = {}) {
  const pairs = Object.entries(query).filter(([, value]) => value !== undefined && value !== "");
  return pairs.length ? `${path}?${new URLSearchParams(pairs)}` : path;
}

/** Ask the program; gives the response, or throws a PageError or ServerError. */
export async function request(path, { method = "GET", body, query, signal } = {}) {
  const headers = { "X-Session": session };
  // Types that the browser does not know are told apart by their content.
  if (body instanceof Blob) headers["Content-Type"] = body.type || "application/octet-stream";
  let response;
  try {
    response = await fetch(address(path, query), { method, body, headers, signal });
  } catch (error) {
    if (error.name === "AbortError") throw error;
    throw await broken(body);
  }
  if (!response.ok) throw await refusal(response.status, await response.text(), response.headers);
  return response;
}

/** The body of a request with a photo: a form, so that errors name the file. */
export function photoForm(file) {
  const form = new FormData();
  form.append("photo", file, file.name || "image");
  return form;
}

export const getJson = async (path, options) => (await request(path, options)).json();
export const postJson = (path, body, options) =>
  getJson(path, { ...options, method: "POST", body });

/** Send a large file, and tell how much has arrived; gives the JSON of the answer. */
export function upload(path, file, { query, signal, onProgress } = {}) {
  return new Promise((resolve, reject) => {
    const sending = new XMLHttpRequest();
    sending.open("POST", address(path, query));
    sending.setRequestHeader("X-Session", session);
    sending.setRequestHeader("Content-Type", file.type || "application/octet-stream");
    sending.upload.onprogress = ({ loaded, total }) => onProgress?.(total ? loaded / total : 0);
    sending.onerror = async () => reject(await broken(file));
    sending.onabort = () => reject(new DOMException("cancelled", "AbortError"));
    sending.onload = () => {
      const { status, responseText } = sending;
      if (status < 400) resolve(JSON.parse(responseText));
      else refusal(status, responseText, new Headers()).then(reject);
    };
    signal?.addEventListener("abort", () => sending.abort(), { once: true });
    sending.send(file);
  });
}

/** Why a request was broken off: what is sent may be too large, or nobody is there. */
async function broken(body) {
  const alive = body && (await fetch("/healthz").catch(() => null));
  return new PageError(alive ? "error.upload" : "error.offline");
}

async function refusal(status, text, headers) {
  let sentence;
  try {
    sentence = JSON.parse(text).error;
  } catch {
    // Not an answer of the program.
  }
  if (!sentence) return new PageError("error.status", { status });
  return new ServerError(sentence, status, Number(headers.get("Retry-After")) || undefined);
}

/** Let the program delete what belongs to this page when the page is closed. */
export function closeWithPage() {
  window.addEventListener("pagehide", () =>
    navigator.sendBeacon(address("/v1/close", { session })),
  );
  // A page that comes back from the browser's memory would ask for what is deleted.
  window.addEventListener("pageshow", ({ persisted }) => persisted && location.reload());
}
