// A chart of curves against iterations.

class Chart {
  /**
   * @param options id, title, note, unit (the title of the axis of values), log and smoothing (whether there are such
   * controls; smoothing is the slider's first value for a curve of more than 50 points), zero (the
   * axis begins at 0), top (where it ends at most), legend (also for a single curve), height.
   */
  constructor(options) {
    this.options = options;
    this.series = [];
    this.log = recall(`${options.id}.log`, options.log === "on");
    this.smoothing = recall(`${options.id}.smoothing`, null);
    this.hidden = new Set(recall(`${options.id}.hidden`, []));
    this.cursor = null;
    this.svg = draw("svg", {
      class: "plot", tabindex: 0, role: "img", "aria-label": `${options.title}; arrow keys read values`,
      onpointerdown: e => this.press(e), onpointermove: e => this.move(e), onpointerup: e => this.release(e),
      onpointerleave: () => this.point(null), onpointercancel: () => this.drop(), ondblclick: () => zoom.set(null),
      onkeydown: e => this.key(e), onblur: () => this.point(null),
    });
    this.values = el("div", { class: "hover-values", role: "status", hidden: true });
    this.legend = el("div", { class: "legend" });
    this.reset = el("button", {
      type: "button", class: "reset-zoom", title: "Shows all iterations; so does a double click",
      onclick: () => zoom.set(null),
    }, "Reset zoom");
    this.frame = el("div", { class: "frame" }, this.svg, this.values, this.reset);
    this.element = card(
      options.id, options.title, options.note, this.controls(), this.frame, this.legend);
    new ResizeObserver(() => this.draw()).observe(this.frame);
    zoom.watchers.push(() => this.draw());
  }

  controls() {
    const { id, smoothing, log } = this.options;
    const controls = [];
    if (smoothing !== undefined) {
      this.slider = el("input", {
        type: "range", min: 0, max: 0.99, step: 0.01, class: "smoothing",
        oninput: () => {
          this.smoothing = Number(this.slider.value);
          remember(`${id}.smoothing`, this.smoothing);
          this.set(this.given);
        },
      });
      controls.push(el("label", { title: "How much the line is smoothed" }, "Smoothing", this.slider));
    }

    if (log) {
      controls.push(toggle("Log scale", "Powers of ten at equal distances", this.log, on => {
        this.log = on;
        remember(`${id}.log`, on);
        this.draw();
      }));
    }

    return controls;
  }

  /**
   * Shows curves: each has key, label, colour, x, y, and may have dash, isSmoothed, isFaint, and isOne, which names a
   * curve and its smoothed line as one. */
  set(curves) {
    this.given = curves;
    const smoothing = this.smoothing
      ?? (curves.some(c => c.isSmoothed && c.x.length > 50) ? this.options.smoothing ?? 0 : 0);
    if (this.slider) {
      this.slider.value = smoothing;
    }

    this.series = curves
      .filter(c => c.x.length > 0)
      .flatMap(c => c.isSmoothed && smoothing > 0
        ? [
          { ...c, key: c.isOne ? c.key : `${c.key} raw`, isFaint: true, isSilent: c.isOne },
          {
            ...c, label: c.isOne ? c.label : `${c.label}, smoothed`, y: smooth(c.x, c.y, smoothing),
          },
        ]
        : [c]);
    this.element.hidden = this.series.length === 0;
    const keys = this.series.map(s => s.key + s.label).join("\n");
    if (keys !== this.keys) {
      this.keys = keys;
      this.showLegend();
    }

    this.draw();
  }

  // The title says what a single curve is, unless it is that of one run of several.
  showLegend() {
    const named = this.series.filter(s => !s.isSilent);
    this.legend.hidden = named.length < 2 && !this.options.legend;
    this.legend.replaceChildren(...named.map(s => {
      const line = draw("svg", { width: 22, height: 10, "aria-hidden": "true" },
        draw("line", { x1: 1, x2: 21, y1: 5, y2: 5, class: s.isFaint ? "curve faint" : "curve",
          style: `color:${s.colour}`, "stroke-dasharray": s.dash }));
      return toggle([line, s.label], "Shows or hides this curve", !this.hidden.has(s.key), shown => {
        this.hidden[shown ? "delete" : "add"](s.key);
        remember(`${this.options.id}.hidden`, [...this.hidden]);
        this.draw();
      });
    }));
  }

  shown() {
    return this.series.filter(s => !this.hidden.has(s.key));
  }

  // The indices of the points between two iterations, with the neighbours on both sides.
  static slice(series, [low, high]) {
    let first = 0, last = series.x.length;
    while (first + 1 < last && series.x[first + 1] <= low) {
      first++;
    }

    while (last - 1 > first && series.x[last - 2] >= high) {
      last--;
    }

    return [first, last];
  }

  axes(width, height) {
    const shown = this.shown();
    const all = extent(this.series.flatMap(s => [s.x[0], s.x[s.x.length - 1]])) ?? [0, 1];
    const range = zoom.range ? [Math.max(all[0], zoom.range[0]), Math.min(all[1], zoom.range[1])] : all;
    const [from, to] = range[0] < range[1] ? range : all;
    const values = shown.flatMap(s => s.y.slice(...Chart.slice(s, [from, to])))
      .filter(v => v !== null && (!this.log || v > 0));
    let [low, high] = extent(values) ?? [this.log ? 0.1 : 0, 1];
    if (this.options.zero && !this.log) {
      low = Math.min(0, low);
    }

    if (low === high) {
      const room = Math.abs(low) * 0.1 || 1;
      [low, high] = this.log ? [low / 2, high * 2] : [low - room, high + room];
    } else if (this.log) {
      const part = (high / low) ** 0.04;
      [low, high] = [low / part, high * part];
    } else {
      const part = (high - low) * 0.05;
      [low, high] = [low >= 0 && low < part ? 0 : low - part, high + part];
    }

    if (this.options.top !== undefined && !this.log) {
      high = Math.max(Math.min(high, this.options.top), low + 1e-9);
      low = Math.max(low, 0);
    }

    const top = 26, bottom = height - 40;
    const y = axis(low, high, bottom, top, this.log, Math.max(2, Math.floor((bottom - top) / 34)));
    const left = 16 + 7 * Math.max(...y.ticks.map(t => t.text.length), 2);
    const x = axis(from, to, left, width - 14, false, Math.max(2, Math.floor((width - left) / 95)));
    x.ticks = x.ticks.filter(t => Number.isInteger(t.value)).map(t => ({ value: t.value, text: whole(t.value) }));
    return { x, y, left, right: width - 14, top, bottom };
  }

  draw() {
    const width = this.frame.clientWidth, height = this.options.height ?? 300;
    if (width === 0 || this.series.length === 0) {
      return;
    }

    this.reset.hidden = zoom.range === null;
    const a = this.a = this.axes(width, height);
    const clip = `${this.options.id}-clip`;
    this.overlay = draw("g", {});
    this.svg.setAttribute("width", width);
    this.svg.setAttribute("height", height);
    this.svg.replaceChildren(
      draw("clipPath", { id: clip },
        draw("rect", { x: a.left, y: a.top - 3, width: a.right - a.left, height: a.bottom - a.top + 6 })),
      ...a.y.ticks.flatMap(t => [
        draw("line", { class: "grid", x1: a.left, x2: a.right, y1: a.y.at(t.value), y2: a.y.at(t.value) }),
        draw("text", { x: a.left - 8, y: a.y.at(t.value) + 4, "text-anchor": "end" }, t.text),
      ]),
      ...a.x.ticks.flatMap(t => [
        draw("line", { class: "grid", x1: a.x.at(t.value), x2: a.x.at(t.value), y1: a.bottom, y2: a.bottom + 5 }),
        draw("text", { x: a.x.at(t.value), y: a.bottom + 18, "text-anchor": Chart.anchor(a, t) }, t.text),
      ]),
      draw("line", { class: "base", x1: a.left, x2: a.right, y1: a.bottom, y2: a.bottom }),
      draw("text", { class: "axis-title", x: 4, y: 12 }, this.options.unit),
      draw("text", { class: "axis-title", x: a.right, y: height - 5, "text-anchor": "end" }, "iteration"),
      draw("g", { "clip-path": `url(#${clip})` }, this.shown().map(s => this.curve(s, a))),
      this.overlay);
    this.point(this.cursor);
  }

  // The outermost labels stay inside.
  static anchor(a, tick) {
    const half = tick.text.length * 3.5, at = a.x.at(tick.value);
    return at + half > a.right + 14 ? "end" : "middle";
  }

  curve(series, a) {
    const [first, last] = Chart.slice(series, [a.x.low, a.x.high]);
    const group = draw("g", { class: series.isFaint ? "faint" : null, style: `color:${series.colour}` });
    let path = "", isDrawn = false;
    const lost = [];
    for (let i = first; i < last; i++) {
      const value = series.y[i];
      if (value === null || (this.log && value <= 0)) {
        isDrawn = false;
        if (value === null && lost.length < 200) {
          lost.push(series.x[i]);
        }

        continue;
      }

      path += `${isDrawn ? "L" : "M"}${a.x.at(series.x[i]).toFixed(1)} ${a.y.at(value).toFixed(1)}`;
      isDrawn = true;
    }

    group.append(draw("path", { class: "curve", d: path, "stroke-dasharray": series.dash }));
    if (last - first <= 30) {
      for (let i = first; i < last; i++) {
        if (series.y[i] !== null && !(this.log && series.y[i] <= 0)) {
          group.append(draw("circle", { class: "dot", cx: a.x.at(series.x[i]), cy: a.y.at(series.y[i]), r: 2.5 }));
        }
      }
    }

    group.append(...lost.map(x => draw("text", { class: "lost", x: a.x.at(x), y: a.top + 8, "text-anchor": "middle" },
      "×", draw("title", {}, "not a number"))));
    return group;
  }

  iterationAt(event) {
    const a = this.a, box = this.svg.getBoundingClientRect();
    const share = (event.clientX - box.left - a.left) / (a.right - a.left);
    return a.x.low + Math.min(1, Math.max(0, share)) * (a.x.high - a.x.low);
  }

  press(event) {
    if (event.button === 0 && this.a) {
      this.begin = { iteration: this.iterationAt(event), x: event.clientX };
      this.svg.setPointerCapture(event.pointerId);
    }
  }

  move(event) {
    if (!this.a) {
      return;
    }

    const at = this.iterationAt(event);
    if (this.begin && Math.abs(event.clientX - this.begin.x) > 4) {
      this.end = at;
    }

    this.point(at);
  }

  release(event) {
    const begin = this.begin, moved = begin && Math.abs(event.clientX - begin.x) > 8;
    this.drop();
    if (moved) {
      const range = [begin.iteration, this.iterationAt(event)].sort((m, n) => m - n);
      zoom.set(range);
    }
  }

  drop() {
    this.begin = this.end = null;
    this.point(this.cursor);
  }

  /** Whether the reader is drawing a range. */
  get isBusy() {
    return !!this.begin;
  }

  key(event) {
    const xs = this.shown()[0]?.x;
    if (!xs || !this.a) {
      return;
    }

    const [low, high] = [this.a.x.low, this.a.x.high], middle = this.cursor ?? (low + high) / 2;
    const steps = { ArrowLeft: -1, ArrowRight: 1 };
    if (event.key in steps) {
      const many = Math.max(1, Math.round(xs.length / 60)) * steps[event.key];
      const index = this.cursor === null ? xs.length - 1 : nearest(xs, this.cursor) + many;
      this.point(xs[Math.min(xs.length - 1, Math.max(0, index))]);
    } else if (event.key === "+" || event.key === "-") {
      const half = (high - low) * (event.key === "+" ? 0.25 : 1);
      zoom.set([middle - half, middle + half]);
    } else if (event.key === "Escape" || event.key === "0") {
      zoom.set(null);
    } else {
      return;
    }

    event.preventDefault();
  }

  /** Shows the values at the iteration nearest to one; null for none. */
  point(iteration) {
    this.cursor = iteration;
    const a = this.a;
    const near = iteration === null || !a ? [] : this.shown()
      .filter(s => !s.isSilent)
      .map(s => ({ s, i: nearest(s.x, iteration) }))
      .filter(n => n.s.x[n.i] >= a.x.low && n.s.x[n.i] <= a.x.high);
    this.values.hidden = near.length === 0;
    this.overlay?.replaceChildren(...this.brush());
    if (near.length === 0) {
      return;
    }

    const best = near.reduce((m, n) => Math.abs(n.s.x[n.i] - iteration) < Math.abs(m.s.x[m.i] - iteration) ? n : m);
    const at = best.s.x[best.i], px = a.x.at(at);
    this.overlay.append(
      draw("line", { class: "cross", x1: px, x2: px, y1: a.top, y2: a.bottom }),
      ...near.filter(n => n.s.y[n.i] !== null && !(this.log && n.s.y[n.i] <= 0)).map(n => draw("circle", {
        class: "dot", style: `color:${n.s.colour}`, cx: a.x.at(n.s.x[n.i]), cy: a.y.at(n.s.y[n.i]), r: 4,
      })));
    this.values.replaceChildren(
      el("div", { class: "hover-title" }, `iteration ${whole(at)}`),
      ...near.flatMap(n => [
        el("span", { class: n.s.isFaint ? "swatch faint" : "swatch", style: `background:${n.s.colour}` }),
        el("span", {}, n.s.label),
        el("b", {}, number(n.s.y[n.i])),
        el("span", { class: "note" }, n.s.x[n.i] === at ? "" : `at ${whole(n.s.x[n.i])}`),
      ]));
    const width = this.values.offsetWidth;
    this.values.style.left = `${px + 14 + width > this.frame.clientWidth ? Math.max(0, px - 14 - width) : px + 14}px`;
  }

  brush() {
    if (!this.begin || this.end === null || this.end === undefined) {
      return [];
    }

    const [from, to] = [this.a.x.at(this.begin.iteration), this.a.x.at(this.end)].sort((m, n) => m - n);
    return [draw("rect", {
      class: "brush", x: from, y: this.a.top, width: to - from, height: this.a.bottom - this.a.top,
    })];
  }
}
