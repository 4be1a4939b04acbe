// The pages: that of one run, and that which compares several.

// Curves that have a chart of their own.
const ownCharts = ["train/learning_rate", "train/images_per_second", "train/data_wait", "train/iterations_per_second"];

// GoogLeNet's loss1/top-1 is a score.
const isLoss = name => /loss/i.test(name.slice(name.lastIndexOf("/") + 1));

/** The page of one run. */
class RunView {
  constructor(live) {
    this.header = new Header(live);
    this.scores = new Map();
    this.loss = new Chart({ id: "loss-chart", title: "Loss", unit: "loss", log: true, smoothing: 0.6 });
    this.rate = new Chart({
      id: "rate-chart", title: "Learning rate", unit: "learning rate", log: true, height: 220,
    });
    this.speed = new Chart({
      id: "speed-chart", title: "Throughput", unit: "images per second", zero: true, height: 220, smoothing: 0.8,
    });
    this.wait = new Chart({
      id: "wait-chart", title: "Waiting for data", unit: "per cent of the time", zero: true, top: 100, height: 220,
      smoothing: 0.8,
    });
    this.pace = new Chart({
      id: "pace-chart", title: "Speed", unit: "iterations per second", zero: true, height: 220,
      smoothing: 0.8,
    });
    this.curves = el("div", { class: "columns" }, this.loss.element);
    this.sections = {
      classes: classSections(), layers: layerSection(), histograms: histogramSection(), images: imageSection(),
      net: netSection(), settings: settingSection(), origin: originSection(), definitions: definitionSection(),
    };
    const s = this.sections;
    this.element = el("div", { class: "run" },
      this.header.element,
      this.curves,
      el("div", { class: "columns is-small" },
        [this.rate, this.speed, this.wait, this.pace].map(c => c.element)),
      s.classes.element, s.histograms.element, s.images.element,
      el("div", { class: "columns" }, s.layers.element, s.settings.element),
      s.net.element, s.origin.element, s.definitions.element);
  }

  get charts() {
    return [this.loss, this.rate, this.speed, this.wait, this.pace, ...this.scores.values()];
  }

  get isBusy() {
    return this.charts.some(c => c.isBusy);
  }

  set(data) {
    const run = data.runs[0];
    this.header.set(run, data.written);
    this.setLoss(run);
    this.setScores(run);
    const find = name => run.curves.filter(c => c.name === name);
    const plain = (name, index, times = 1) => find(name).map(c => ({
      key: c.name, label: nameOf(c.name), colour: colour(index), x: c.x,
      y: times === 1 ? c.y : c.y.map(v => v === null ? null : v * times),
      isSmoothed: name !== "train/learning_rate" && c.x.length > 20, isOne: true,
    }));
    this.rate.set(plain("train/learning_rate", 6));
    this.speed.set(plain("train/images_per_second", 2));
    this.wait.set(plain("train/data_wait", 4, 100));
    this.pace.set(find("train/images_per_second").length ? [] : plain("train/iterations_per_second", 2));
    const s = this.sections;
    s.classes.set(run.classes, !!run.classes);
    s.layers.set(run.layers, run.layers.length > 0);
    s.histograms.set({ all: run.histograms, parameters: run.parameters }, run.histograms.length > 0);
    s.images.set(run.images, run.images.length > 0);
    s.net.set(run.svg, !!run.svg || run.isDrawingLarge);
    s.settings.set(run.settings, run.settings.length > 0);
    const origin = [
      ["Command", run.command], ["Machine", run.machine], ["Version", run.version], ["Seed", run.seed],
      ["Started", run.started ? moment(run.started) : ""], ["Last snapshot", run.snapshot],
    ].filter(([, value]) => value);
    s.origin.set(origin, origin.length > 0);
    s.definitions.set(run.definitions, run.definitions.length > 0);
  }

  // The line of the training is that which the solver averages where it does; that of each iteration lies behind it.
  setLoss(run) {
    const losses = run.curves.filter(c => isLoss(c.name)), names = losses.map(c => c.name);
    const hasAverage = names.includes("train/smoothed_loss");
    let next = 1;
    this.loss.set(losses
      .sort((m, n) => Number(n.name === "train/loss") - Number(m.name === "train/loss"))
      .map(c => {
        const isMain = c.name === "train/loss" || c.name === "train/smoothed_loss";
        return {
          key: c.name, colour: colour(isMain ? 0 : next++), x: c.x, y: c.y,
          label: c.name === "train/smoothed_loss" ? "training loss, averaged" : nameOf(c.name),
          isSmoothed: isMain && c.x.length > 20 && (c.name === "train/smoothed_loss" || !hasAverage),
          isFaint: c.name === "train/loss" && hasAverage,
        };
      }));
  }

  // Scores from 0 to 1 share a chart; others have one each.
  setScores(run) {
    const groups = new Map();
    for (const c of run.curves.filter(c => !isLoss(c.name) && !ownCharts.includes(c.name))) {
      const values = extent(c.y.filter(v => v !== null)) ?? [0, 0];
      const key = values[0] >= 0 && values[1] <= 1 ? "" : c.name;
      groups.set(key, [...groups.get(key) ?? [], c]);
    }

    for (const [key, curves] of groups) {
      if (!this.scores.has(key)) {
        const chart = new Chart({
          id: key ? `score-chart-${this.scores.size}` : "score-chart",
          title: key ? capital(nameOf(key)) : "Scores", unit: key ? nameOf(key) : "score from 0 to 1",
          top: key ? undefined : 1, log: true,
        });
        this.scores.set(key, chart);
        this.curves.append(chart.element);
      }
    }

    for (const [key, chart] of this.scores) {
      chart.set((groups.get(key) ?? []).map((c, i) => ({
        key: c.name, label: nameOf(c.name), colour: colour(i + 1), dash: dashes(i + 1), x: c.x, y: c.y,
      })));
    }
  }
}

const capital = text => text.charAt(0).toUpperCase() + text.slice(1);

/** The page that compares runs: a colour for each. */
class CompareView {
  constructor() {
    this.charts = new Map();
    this.title = el("h1", { id: "name" });
    this.runs = new Section(card("runs", "Runs", "Best and last values of each figure", [], el("div", {})),
      value => this.showRuns(value));
    this.differences = new Section(
      card("differences", "Settings that differ", null, [], el("div", {})), value => this.showDifferences(value));
    this.columns = el("div", { class: "columns" });
    this.element = el("div", { class: "run" },
      el("header", { id: "header" }, el("div", { class: "head" },
        el("div", { class: "head-title" }, this.title),
        el("div", { class: "controls" }, el("button", {
          type: "button", id: "theme", title: "Swaps light and dark", onclick: () => theme.swap(),
        }, "Light / dark")))),
      this.runs.element, this.differences.element, this.columns);
  }

  get isBusy() {
    return [...this.charts.values()].some(c => c.isBusy);
  }

  set({ runs }) {
    this.title.textContent = document.title = `${runs.length} runs compared`;
    this.runs.set(runs.map(r => ({ ...r, curves: r.curves.map(c => ({ ...c, x: null, y: null })) })), true);
    const names = [...new Set(runs.flatMap(r => r.settings.map(s => s[0])))];
    const rows = names
      .map(n => ({ name: n, values: runs.map(r => r.settings.filter(s => s[0] === n).map(s => s[1]).join(", ")) }))
      .filter(r => new Set(r.values.filter((_, k) => runs[k].settings.length > 0)).size > 1);
    this.differences.set({ rows, runs: runs.map(r => r.name) }, rows.length > 0);
    const order = n => isLoss(n) ? (n.startsWith("train/") ? 0 : 1) : ownCharts.includes(n) ? 3 : 2;
    const figures = [...new Set(runs.flatMap(r => r.curves.map(c => c.name)))]
      .filter((n, _, all) => n !== "train/loss" || !all.includes("train/smoothed_loss")
        || runs.some(r => !r.curves.some(c => c.name === "train/smoothed_loss")))
      .sort((m, n) => order(m) - order(n));
    figures.forEach((name, i) => this.chart(name, i).set(runs.flatMap((r, k) => r.curves
      .filter(c => c.name === name)
      .map(c => ({
        key: `run ${k}`, label: r.name, colour: colour(k), dash: dashes(k), x: c.x,
        y: name === "train/data_wait" ? c.y.map(v => v === null ? null : v * 100) : c.y,
        isSmoothed: name.startsWith("train/") && name !== "train/learning_rate" && c.x.length > 20, isOne: true,
      })))));
  }

  chart(name, index) {
    if (!this.charts.has(name)) {
      const isTraining = isLoss(name) && name.startsWith("train/"), isRate = ownCharts.slice(1).includes(name);
      const isWait = name === "train/data_wait";
      const chart = new Chart({
        id: name === "train/loss" ? "loss-chart" : name === "test/accuracy" ? "score-chart" : `chart-${index}`,
        title: isWait ? "Waiting for data" : capital(nameOf(name).replace(/^training (?!loss)/, "")),
        unit: isWait ? "per cent of the time" : nameOf(name).replace(/^(training|test) /, ""),
        legend: true, log: !isRate, smoothing: isTraining ? 0.6 : isRate ? 0.8 : undefined, zero: isRate,
      });
      this.charts.set(name, chart);
      this.columns.append(chart.element);
    }

    return this.charts.get(name);
  }

  showRuns(runs) {
    const figures = [...new Set(runs.flatMap(r => r.curves.map(c => c.name)))]
      .filter(n => !ownCharts.includes(n) && (n.startsWith("test") || n === "train/loss"));
    const cell = (run, name) => {
      const curve = run.curves.find(c => c.name === name);
      return [
        el("td", { class: "is-best" }, curve?.best ? number(curve.best[1]) : "–"),
        el("td", {}, curve?.last ? number(curve.last[1]) : "–"),
      ];
    };
    this.runs.element.lastChild.replaceChildren(el("div", { class: "scroll", "data-keep": "runs", tabindex: 0 },
      el("table", { class: "list" },
        el("thead", {},
          el("tr", {}, ["Run", "State", "Iterations", "Time"].map(t => el("th", { rowspan: 2, scope: "col" }, t)),
            figures.map(n => el("th", { colspan: 2, scope: "colgroup", class: "group" }, nameOf(n)))),
          el("tr", {}, figures.map(() => [el("th", { scope: "col" }, "best"), el("th", { scope: "col" }, "last")]))),
        el("tbody", {}, runs.map((r, k) => el("tr", {},
          el("th", { scope: "row" },
            el("span", { class: "swatch", style: `background:${colour(k)}` }), r.name,
            r.net ? el("span", { class: "note" }, ` ${r.net}`) : null),
          el("td", {}, el("span", { class: `state is-${r.state}` }, stateWords[r.state] ?? r.state)),
          el("td", {}, whole(r.iteration)),
          el("td", {}, r.duration > 0 ? duration(r.duration) : "–"),
          figures.map(n => cell(r, n))))))));
  }

  showDifferences({ rows, runs }) {
    this.differences.element.lastChild.replaceChildren(el("div", { class: "scroll", tabindex: 0 },
      el("table", { class: "list is-text" },
        el("thead", {}, el("tr", {}, el("th", { scope: "col" }, "Setting"),
          runs.map((name, k) => el("th", { scope: "col" },
            el("span", { class: "swatch", style: `background:${colour(k)}` }), name)))),
        el("tbody", {}, rows.map(r => el("tr", {}, el("th", { scope: "row" }, r.name),
          r.values.map(v => el("td", {}, v || "–"))))))));
  }
}
