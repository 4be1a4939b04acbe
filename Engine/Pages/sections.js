// The parts of the page of one run, each of which is made once and then told the newest data.

/** A part whose content is made anew only when what it shows has changed. */
class Section {
  constructor(element, build) {
    this.element = element;
    this.build = build;
    this.key = null;
  }

  set(value, isShown) {
    this.element.hidden = !isShown;
    const key = isShown ? JSON.stringify(value) : null;
    if (key === this.key) {
      return;
    }

    this.key = key;
    if (isShown) {
      const places = new Map([...this.element.querySelectorAll("[data-keep]")]
        .map(e => [e.dataset.keep, [e.scrollLeft, e.scrollTop]]));
      this.build(value);
      for (const e of this.element.querySelectorAll("[data-keep]")) {
        [e.scrollLeft, e.scrollTop] = places.get(e.dataset.keep) ?? [0, 0];
      }
    }
  }
}

const milliseconds = value => (value ?? 0).toFixed(value < 1 ? 3 : value < 100 ? 2 : 0);

/** The bars of the time of each layer. */
function layerSection() {
  const body = el("div", { class: "bars scroll", "data-keep": "layers", tabindex: 0 });
  const total = el("p", { class: "note" });
  let layers = [], byTime = recall("layers.byTime", false);
  const parts = l => `${milliseconds(l[2])} ms forward, ${milliseconds(l[3])} ms backward`;
  const show = () => {
    const time = l => (l[2] ?? 0) + (l[3] ?? 0), longest = Math.max(...layers.map(time), 1e-9);
    const sum = k => layers.reduce((s, l) => s + (l[k] ?? 0), 0);
    total.textContent = `A step takes ${milliseconds(sum(2) + sum(3))} ms: ${parts([null, null, sum(2), sum(3)])}.`;
    body.replaceChildren(...(byTime ? [...layers].sort((m, n) => time(n) - time(m)) : layers).map(l =>
      el("div", { class: "bar-row", title: `${l[0]} (${l[1]}): ${parts(l)}` },
        el("span", { class: "bar-name" }, l[0], " ", el("span", { class: "note" }, l[1])),
        el("span", { class: "bar" },
          el("i", { style: `width:${100 * (l[2] ?? 0) / longest}%;background:${colour(0)}` }),
          el("i", { style: `width:${100 * (l[3] ?? 0) / longest}%;background:${colour(4)}` })),
        el("span", { class: "bar-value" }, `${milliseconds(time(l))} ms`))));
  };
  const key = (index, text) => el("span", { class: "key" },
    el("span", { class: "swatch", style: `background:${colour(index)}` }), text);
  const element = card("layer-times", "Time of the layers", "Milliseconds of a training step",
    [toggle("Sort by time", "The slowest first, instead of the order of the net", byTime, on => {
      byTime = on;
      remember("layers.byTime", on);
      show();
    })],
    el("div", { class: "legend" }, key(0, "forward"), key(4, "backward")), body, total);
  return new Section(element, value => {
    layers = value;
    show();
  });
}

/** The histograms of the weights and gradients of a parameter, which the reader chooses. */
function histogramSection() {
  const weights = new Ridges("Weights", 0), gradients = new Ridges("Gradients", 1);
  const choice = el("select", { id: "parameter", "aria-label": "Parameter", onchange: () => {
    remember("parameter", choice.value);
    show();
  } });
  const told = el("span", { class: "note" });
  let series = new Map();
  const show = () => {
    weights.set(series.get(`weights/${choice.value}`) ?? []);
    gradients.set(series.get(`gradients/${choice.value}`) ?? []);
  };
  const element = card("histograms", "Weights and gradients", "Histograms over the iterations, the newest in front; "
    + "parameter 0 of a layer is mostly its weights, 1 its bias",
    [told, el("label", {}, "Parameter", choice)], el("div", { class: "pair" }, weights.element, gradients.element));
  return new Section(element, ({ all, parameters }) => {
    series = new Map(all.map(h => [h.name, h.items]));
    const names = [...new Set(all.map(h => h.name.replace(/^(weights|gradients)\//, "")))];
    if (names.join("\n") !== [...choice.options].map(o => o.value).join("\n")) {
      const wanted = recall("parameter", names[0]);
      told.textContent = names.length < parameters ? `${whole(names.length)} of ${whole(parameters)} parameters` : "";
      choice.replaceChildren(...names.map(n => el("option", { value: n, selected: n === wanted }, n)));
    }

    show();
  });
}

/** Filters and samples, each with a slider over its iterations. */
function imageSection() {
  const gallery = el("div", { class: "gallery is-large" });
  const element = card("images", "Filters and samples", "As the net has learned and seen them", [], gallery);
  return new Section(element, all => {
    gallery.replaceChildren(...all.filter(s => s.items.length).map(s => {
      const last = s.items.length - 1;
      const [kind, name] = [s.name.split("/")[0], s.name.slice(s.name.indexOf("/") + 1)];
      const title = kind === "filters" ? `Filters of ${name}` : kind === "samples" ? `Images in ${name}` : s.name;
      const holder = el("div", { class: "scroll" }), told = el("span", { class: "note" });
      const show = index => {
        const item = s.items[Math.min(last, index)];
        holder.replaceChildren(picture(item, `${title} at iteration ${item.i}`, 280));
        told.textContent = `iteration ${whole(item.i)}${item.caption ? `: ${item.caption}` : ""}`;
      };
      const chosen = recall(`image.${s.name}`, null) ?? last;
      show(chosen);
      return el("figure", {}, el("h3", {}, title), holder, el("figcaption", {},
        last > 0 ? el("input", {
          type: "range", min: 0, max: last, value: Math.min(last, chosen), "aria-label": `Iteration of ${title}`,
          oninput: e => {
            const index = Number(e.target.value);
            remember(`image.${s.name}`, index === last ? null : index);
            show(index);
          },
        }) : null, told));
    }));
  });
}

/** The net drawn, to scroll and to enlarge. */
function netSection() {
  const host = el("div", { class: "scroll net", "data-keep": "net", tabindex: 0 });
  const shadow = host.attachShadow({ mode: "open" });
  let size = null, factor = recall("net.zoom", null);
  const fit = () => Math.min(1, Math.max(0.1, (host.clientWidth - 8) / size.width));
  const apply = value => {
    factor = value;
    remember("net.zoom", value);
    const drawing = shadow.querySelector("svg"), times = value ?? fit();
    if (drawing && size) {
      drawing.setAttribute("width", size.width * times);
      drawing.setAttribute("height", size.height * times);
    }
  };
  const step = by => apply(Math.min(8, Math.max(0.05, (factor ?? fit()) * by)));
  const recolour = () => {
    for (const style of shadow.querySelectorAll("style")) {
      style.textContent = (style.source ??= style.textContent)
        .replace(/\(\s*prefers-color-scheme\s*:\s*(dark|light)\s*\)/g,
          (_, wanted) => (wanted === "dark") === theme.isDark() ? "(min-width:0)" : "(max-width:0)");
    }
  };
  theme.watchers.push(recolour);
  const element = card("net", "The net", "Layers and blobs with their shapes", [
    el("button", { type: "button", id: "net-smaller", title: "Smaller", onclick: () => step(1 / 1.25) }, "−"),
    el("button", { type: "button", id: "net-larger", title: "Larger", onclick: () => step(1.25) }, "+"),
    el("button", { type: "button", title: "Its real size", onclick: () => apply(1) }, "100 %"),
    el("button", { type: "button", title: "As wide as the page at most", onclick: () => apply(null) }, "Fit"),
  ], host);
  new ResizeObserver(() => factor === null && size && apply(null)).observe(host);
  return new Section(element, text => {
    const drawing = text ? safeDrawing(text) : null;
    shadow.replaceChildren(drawing ?? el("p", {}, text
      ? "The drawing cannot be shown."
      : "The drawing is too large for this page; it is the file net.svg in the folder of the run."));
    size = null;
    if (drawing) {
      const box = (drawing.getAttribute("viewBox") ?? "").split(/[\s,]+/).map(Number);
      const width = box[2] || parseFloat(drawing.getAttribute("width")) || 800;
      const height = box[3] || parseFloat(drawing.getAttribute("height")) || 600;
      drawing.setAttribute("viewBox", box.length === 4 ? box.join(" ") : `0 0 ${width} ${height}`);
      drawing.style.cssText = "display:block;margin:0 auto";
      size = { width, height };
      recolour();
      apply(factor);
    }
  });
}

// Names of layers come from files of others: what runs or loads is taken out of the drawing.
function safeDrawing(text) {
  const parsed = new DOMParser().parseFromString(text, "image/svg+xml"), root = parsed.documentElement;
  if (root.nodeName !== "svg" || parsed.querySelector("parsererror")) {
    return null;
  }

  const loads = /@import|url\(\s*["']?(?!#)/i;
  parsed.querySelectorAll("script, foreignObject, iframe, image, animate, set").forEach(e => e.remove());
  for (const element of [root, ...parsed.querySelectorAll("*")]) {
    for (const { name, value } of [...element.attributes]) {
      if (/^on/i.test(name) || (/href$/i.test(name) && !value.startsWith("#")) || loads.test(value)) {
        element.removeAttribute(name);
      }
    }

    if (element.nodeName === "style" && loads.test(element.textContent)) {
      element.remove();
    }
  }

  return document.importNode(root, true);
}

/** Confusion matrix, table of classes and worst mistakes. */
function classSections() {
  const matrix = el("div"), table = el("div"), worst = el("div");
  const cards = [
    card("confusion", "Confusion matrix", " ", [], matrix),
    card("classes", "Classes", "Precision, recall and F1 in the last test", [], table),
    card("mistakes", "The worst mistakes", "Images that were classified wrongly with the greatest confidence", [],
      worst),
  ];
  const element = el("div", { class: "classes" }, cards);
  return new Section(element, classes => {
    const counts = spread(classes.counts), names = classes.names;
    cards[0].querySelector(".note").textContent = "Images by label and prediction in the test at iteration "
      + `${whole(classes.iteration)}; right ones on the diagonal`;
    matrix.replaceChildren(names.length <= 25 ? matrixTable(names, counts) : matrixPicture(names, counts));
    table.replaceChildren(classTable(names, counts));
    worst.replaceChildren(mistakes(names, classes.worst));
    cards[2].hidden = classes.worst.length === 0;
  });
}

/** A table of two columns. */
function pairTable(pairs) {
  return el("table", { class: "pairs" }, el("tbody", {},
    pairs.map(([name, value]) => el("tr", {}, el("th", { scope: "row" }, name), el("td", {}, value)))));
}

/** Settings, machine, command. */
function settingSection() {
  const body = el("div", { class: "scroll", "data-keep": "settings", tabindex: 0 });
  const element = card("settings", "Settings of the solver", null, [], body);
  return new Section(element, settings => body.replaceChildren(pairTable(settings)));
}

function originSection() {
  const body = el("div");
  const element = card("origin", "Where it comes from", null, [], body);
  return new Section(element, pairs => body.replaceChildren(pairTable(pairs)));
}

/** The definitions as read, folded. */
function definitionSection() {
  const body = el("div");
  const element = card("definitions", "Definitions", "The files as they were read", [], body);
  return new Section(element, files => body.replaceChildren(...files.map(([name, text]) => {
    const key = `open.${name}`;
    return el("details", { open: recall(key, false), ontoggle: e => remember(key, e.target.open) },
      el("summary", {}, name, " ", el("span", { class: "note" }, `${whole(text.trimEnd().split("\n").length)} lines`)),
      el("pre", { tabindex: 0 }, text));
  })));
}
