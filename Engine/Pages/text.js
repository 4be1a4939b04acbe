// Elements and text.

const SVG = "http://www.w3.org/2000/svg";

/** Makes an element; null and false children are left out, attributes that begin with "on" are listeners. */
function el(tag, attributes, ...children) {
  return fill(document.createElement(tag), attributes, children);
}

/** Makes an element of a drawing. */
function draw(tag, attributes, ...children) {
  return fill(document.createElementNS(SVG, tag), attributes, children);
}

function fill(element, attributes, children) {
  for (const [name, value] of Object.entries(attributes ?? {})) {
    if (name.startsWith("on")) {
      element.addEventListener(name.slice(2), value);
    } else if (value === true) {
      element.setAttribute(name, "");
    } else if (value !== null && value !== undefined && value !== false) {
      element.setAttribute(name, value);
    }
  }

  element.append(...children.flat(Infinity).filter(c => c !== null && c !== undefined && c !== false));
  return element;
}

/** A card: a titled part of the page, with controls beside the title. */
function card(id, title, note, controls, ...content) {
  return el("section", { id, class: "card", "aria-label": title },
    el("div", { class: "card-head" },
      el("div", { class: "card-title" }, el("h2", {}, title), note ? el("p", { class: "note" }, note) : null),
      controls?.length ? el("div", { class: "controls" }, controls) : null),
    ...content);
}

/** A switch: a button that stays pressed. */
function toggle(label, title, pressed, change) {
  const button = el("button", {
    type: "button", title, "aria-pressed": String(pressed),
    onclick: () => {
      const now = button.getAttribute("aria-pressed") !== "true";
      button.setAttribute("aria-pressed", String(now));
      change(now);
    },
  }, label);
  return button;
}

/** A whole number, 10,000. */
function whole(value) {
  return Math.round(value).toLocaleString("en-US");
}

/** A number with some significant digits. */
function number(value, digits = 4) {
  if (value === null || value === undefined) {
    return "not a number";
  }

  const size = Math.abs(value);
  if (value === 0) {
    return "0";
  }

  if (size < 1e-4 || size >= 1e7) {
    return value.toExponential(Math.max(0, digits - 2)).replace("-", "−").replace("e+", "e").replace("e-", "e−");
  }

  const decimals = Math.max(0, digits - 1 - Math.floor(Math.log10(size)));
  const text = value.toLocaleString("en-US", { maximumFractionDigits: Math.min(decimals, 10) });
  return text.replace("-", "−");
}

/** A share from 0 to 1 in per cent. */
function percent(share) {
  return share === null || Number.isNaN(share) ? "–" : `${(share * 100).toFixed(1)} %`;
}

/** A length of time in seconds. */
function duration(seconds) {
  if (seconds < 60) {
    return `${number(seconds, seconds < 10 ? 2 : 3)} s`;
  }

  const minutes = Math.round(seconds / 60);
  if (seconds < 3600) {
    const whole = Math.round(seconds);
    return `${Math.floor(whole / 60)} min ${whole % 60} s`;
  }

  return minutes < 48 * 60
    ? `${Math.floor(minutes / 60)} h ${minutes % 60} min`
    : `${Math.floor(minutes / 1440)} d ${Math.floor(minutes / 60) % 24} h`;
}

/** A time of a clock, in the reader's zone. */
function moment(milliseconds) {
  const time = new Date(milliseconds);
  const two = n => String(n).padStart(2, "0");
  return `${time.getFullYear()}-${two(time.getMonth() + 1)}-${two(time.getDate())} `
    + `${two(time.getHours())}:${two(time.getMinutes())}:${two(time.getSeconds())}`;
}

/** The colour of the series with a number, and the dashes that tell the ninth from the first. */
function colour(index) {
  return `var(--s${index % 8})`;
}

function dashes(index) {
  return [null, "6 3", "2 3", "8 3 2 3"][Math.floor(index / 8) % 4];
}
