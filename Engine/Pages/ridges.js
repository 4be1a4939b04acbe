// Histograms over time, one behind the other: the oldest at the top, the newest in front.

class Ridges {
  constructor(title, colourIndex) {
    this.title = title;
    this.index = colourIndex;
    this.svg = draw("svg", {
      class: "plot", role: "img", "aria-label": title,
      onpointermove: e => this.point(e), onpointerleave: () => this.hide(),
    });
    this.values = el("div", { class: "hover-values", role: "status", hidden: true });
    this.frame = el("div", { class: "frame" }, this.svg, this.values);
    this.element = el("div", { class: "ridges" }, el("h3", {}, title), this.frame);
    new ResizeObserver(() => this.draw()).observe(this.frame);
  }

  set(items) {
    const most = 24, count = Math.min(most, items.length);
    this.items = Array.from({ length: count }, (_, i) => items[Math.floor((i + 1) * items.length / count) - 1]);
    this.element.hidden = count === 0;
    this.draw();
  }

  // The places of the steps of a histogram: the limits of its intervals and the density in each.
  static steps(item) {
    const count = item.n.length;
    const to = item.to.length ? item.to : item.n.map((_, i) => item.min + (item.max - item.min) * (i + 1) / count);
    return item.n.map((n, i) => {
      const from = i ? to[i - 1] : item.min;
      return { from, to: to[i], n, density: n / Math.max(to[i] - from, 1e-30) };
    });
  }

  draw() {
    const width = this.frame.clientWidth;
    if (width === 0 || !this.items?.length) {
      return;
    }

    const height = 300, left = 12, right = width - 62, bottom = height - 38;
    const limits = extent(this.items.flatMap(i => [i.min, i.max]));
    const pad = (limits[1] - limits[0]) * 0.02 || Math.abs(limits[0]) * 0.1 || 1;
    const x = axis(limits[0] - pad, limits[1] + pad, left, right, false, Math.max(2, Math.floor((right - left) / 85)));
    const all = this.items.map(Ridges.steps);
    const peaks = all.map(steps => Math.max(...steps.map(s => s.density))).sort((m, n) => m - n);
    const usual = peaks[peaks.length >> 1], highest = Math.min(peaks[peaks.length - 1], usual * 2.5) || 1;
    const count = this.items.length, rise = count === 1 ? bottom - 40 : Math.min(90, 60 + 400 / count);
    const first = count === 1 ? bottom : 14 + rise;
    this.places = this.items.map((item, i) => ({
      item, y: count === 1 ? bottom : first + (bottom - first) * i / (count - 1),
    }));
    const every = Math.max(1, Math.ceil(16 * (count - 1) / Math.max(1, bottom - first)));
    this.svg.setAttribute("width", width);
    this.svg.setAttribute("height", height);
    this.ridges = this.places.map(({ y }, i) => {
      const lift = s => (y - Math.min(1.15, s.density / highest) * rise).toFixed(1);
      const top = all[i]
        .map(s => `L${x.at(s.from).toFixed(1)} ${lift(s)}L${x.at(s.to).toFixed(1)} ${lift(s)}`)
        .join("");
      const ends = [x.at(this.items[i].min).toFixed(1), x.at(this.items[i].max).toFixed(1)];
      const part = 30 + 60 * (count === 1 ? 1 : i / (count - 1));
      return draw("path", {
        class: "ridge", d: `M${ends[0]} ${y.toFixed(1)}${top}L${ends[1]} ${y.toFixed(1)}Z`,
        style: `fill:color-mix(in srgb, ${colour(this.index)} ${part.toFixed(0)}%, var(--card))`,
      });
    });
    this.svg.replaceChildren(
      ...x.ticks.flatMap(t => [
        draw("line", { class: "grid", x1: x.at(t.value), x2: x.at(t.value), y1: 14, y2: bottom + 5 }),
        draw("text", { x: x.at(t.value), y: bottom + 18, "text-anchor": "middle" }, t.text),
      ]),
      ...this.ridges,
      ...this.places.filter((_, i) => (count - 1 - i) % every === 0)
        .map(p => draw("text", { x: right + 8, y: p.y + 4 }, whole(p.item.i))),
      draw("text", { class: "axis-title", x: left, y: height - 5 }, "value"),
      draw("text", { class: "axis-title", x: width - 4, y: height - 5, "text-anchor": "end" }, "iteration"));
  }

  point(event) {
    const y = event.clientY - this.svg.getBoundingClientRect().top;
    if (!this.places) {
      return;
    }

    const away = this.places.map(p => Math.abs(p.y - 8 - y)), index = away.indexOf(Math.min(...away));
    const { item } = this.places[index];
    this.ridges.forEach((r, i) => r.classList.toggle("is-pointed", i === index));
    this.values.hidden = false;
    this.values.replaceChildren(
      el("div", { class: "hover-title" }, `iteration ${whole(item.i)}`),
      ...[["mean", item.mean], ["standard deviation", item.std], ["least", item.min], ["greatest", item.max]]
        .flatMap(([name, value]) => [el("span"), el("span", {}, name), el("b", {}, number(value)), el("span")]));
    this.values.style.left = "8px";
  }

  hide() {
    this.values.hidden = true;
    this.ridges?.forEach(r => r.classList.remove("is-pointed"));
  }
}
