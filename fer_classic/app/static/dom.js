// Elements: found by id, and made.

export const $ = (id) => document.getElementById(id);

/**
 * Make an element: el("button", { type: "button", text: "Why?", on: { click } }, child).
 * What is undefined, null or false is left out.
 */
export function el(name, { text, on = {}, style = {}, ...attributes } = {}, ...children) {
  const element = document.createElement(name);
  if (text !== undefined) element.textContent = text;
  for (const [key, value] of Object.entries(attributes)) {
    if (value !== undefined && value !== null && value !== false) {
      element.setAttribute(key, value === true ? "" : value);
    }
  }
  for (const [event, callback] of Object.entries(on)) element.addEventListener(event, callback);
  // Through the object model, which a policy without inline styles allows.
  for (const [key, value] of Object.entries(style)) element.style.setProperty(key, value);
  element.append(...children.flat().filter((child) => child !== null && child !== undefined));
  return element;
}

const SVG = "http://www.w3.org/2000/svg";

/** Make one of the icons of the page; it is decoration, the text beside it has the meaning. */
export function icon(name) {
  const svg = document.createElementNS(SVG, "svg");
  svg.setAttribute("class", "icon");
  svg.setAttribute("aria-hidden", "true");
  const use = document.createElementNS(SVG, "use");
  use.setAttribute("href", `#icon-${name}`);
  svg.append(use);
  return svg;
}

/** A button with an icon and a text. */
export function button(text, { symbol, kind, click, ...attributes } = {}) {
  const parts = [symbol ? icon(symbol) : null, el("span", { text })];
  return el("button", { type: "button", class: kind, on: { click }, ...attributes }, parts);
}

/** Size a canvas to its place on the page, in the pixels of the screen; gives its context. */
export function prepare(canvas) {
  const ratio = window.devicePixelRatio || 1;
  const { width, height } = canvas.getBoundingClientRect();
  const [columns, rows] = [Math.round(width * ratio), Math.round(height * ratio)];
  if (canvas.width !== columns || canvas.height !== rows) {
    canvas.width = columns;
    canvas.height = rows;
  }
  const context = canvas.getContext("2d");
  context.setTransform(ratio, 0, 0, ratio, 0, 0);
  context.clearRect(0, 0, width, height);
  return { context, width, height };
}

/** A custom property of the theme, as the browser computes it now. */
export function themeColor(name) {
  // Only a real property resolves light-dark().
  const probe = $("main");
  probe.style.setProperty("outline-color", `var(${name})`);
  const color = getComputedStyle(probe).outlineColor;
  probe.style.removeProperty("outline-color");
  return color;
}
