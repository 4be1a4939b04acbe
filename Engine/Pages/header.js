// The head of the page: what runs, where it stands, and in live mode its controls.

const stateWords = {
  running: "running", completed: "completed", stopped: "stopped", failed: "failed", killed: "killed",
};

class Header {
  constructor(live) {
    this.live = live;
    this.title = el("h1", { id: "name" });
    this.subtitle = el("p", { class: "note", id: "net-name" });
    this.state = el("span", { id: "state", class: "state", role: "status" });
    this.connection = el("span", { id: "connection", class: "note", role: "status" });
    this.answer = el("p", { id: "answer", class: "note", role: "status" });
    this.failure = el("p", { id: "failure", class: "failure", hidden: true });
    this.bar = el("div", { id: "progress", role: "progressbar", "aria-label": "Iterations done" }, el("div"));
    this.tiles = el("dl", { class: "tiles" });
    const controls = [];
    if (live?.control) {
      this.snapshot = el("button", { type: "button", id: "snapshot", onclick: () => live.post("snapshot") },
        "Snapshot");
      this.stop = el("button", {
        type: "button", id: "stop",
        onclick: () => confirm("Stop the run? It will finish this iteration and write a snapshot.")
          && live.post("stop"),
      }, "Stop");
      controls.push(this.snapshot, this.stop);
    }

    this.element = el("header", { id: "header" },
      el("div", { class: "head" },
        el("div", { class: "head-title" }, this.title, this.subtitle),
        el("div", { class: "controls" }, this.connection, this.state, controls,
          el("button", { type: "button", id: "theme", title: "Swaps light and dark", onclick: () => theme.swap() },
            "Light / dark"))),
      this.failure, this.answer, this.bar, this.tiles);
  }

  set(run, written) {
    this.title.textContent = run.name || "A run";
    document.title = run.state === "running" && run.maxIterations
      ? `${Math.floor(100 * run.iteration / run.maxIterations)} % ${run.name}`
      : run.name || "A run";
    this.subtitle.textContent = [run.net && `Net ${run.net}`, run.started && `started ${moment(run.started)}`]
      .filter(Boolean).join(" · ");
    this.state.textContent = stateWords[run.state] ?? run.state;
    this.state.className = `state is-${run.state}`;
    this.failure.textContent = run.failure;
    this.failure.hidden = !run.failure;
    const share = run.maxIterations ? Math.min(1, run.iteration / run.maxIterations) : 0;
    this.bar.hidden = !run.maxIterations;
    this.bar.firstChild.style.width = `${share * 100}%`;
    this.bar.setAttribute("aria-valuenow", Math.round(share * 100));
    this.showTiles(run, share);
    for (const button of [this.snapshot, this.stop]) {
      if (button) {
        button.hidden = run.state !== "running";
      }
    }

    this.written = written;
    this.age();
  }

  showTiles(run, share) {
    const tile = (id, name, value, note) =>
      el("div", { class: "tile" },
        el("dt", {}, name), el("dd", { id }, value), note ? el("dd", { class: "note" }, note) : null);
    const left = run.state === "running" && share > 0 ? run.duration * (1 - share) / share : null;
    const find = name => run.curves.find(c => c.name === name);
    const loss = find("train/smoothed_loss") ?? find("train/loss"), speed = find("train/images_per_second");
    const scores = run.curves.filter(c => /^test\d*\//.test(c.name) && c.best);
    this.tiles.replaceChildren(...[
      tile("iteration", "Iteration", whole(run.iteration), run.maxIterations
        ? `of ${whole(run.maxIterations)} · ${Math.floor(share * 100)} %`
        : null),
      run.duration > 0 && tile("elapsed", "Time", duration(run.duration),
        left !== null ? el("span", { id: "time-left" }, `about ${duration(left)} left`) : null),
      loss?.last && tile("loss", "Training loss", number(loss.last[1]), `at iteration ${whole(loss.last[0])}`),
      ...scores.slice(0, 4).map(c => tile(null, `Best ${nameOf(c.name)}`, number(c.best[1]),
        `at iteration ${whole(c.best[0])}${c.last[0] === c.best[0] ? "" : `; last ${number(c.last[1])}`}`)),
      speed?.last && tile("speed", "Images per second", number(speed.last[1], 3)),
      run.snapshot && tile("last-snapshot", "Last snapshot", run.snapshot.split(/[\\/]/).pop().replace(/[_.]/g, "\u200b$&")),
    ].filter(Boolean));
    this.tiles.querySelector("#last-snapshot")?.setAttribute("title", run.snapshot);
  }

  /** Says how old the page is. */
  age() {
    if (this.live || !this.written) {
      return;
    }

    const seconds = (Date.now() - this.written) / 1000;
    const isStale = options.reload > 0 && this.state.textContent === "running" && seconds > 90;
    this.connection.textContent = isStale
      ? `not updated for ${duration(seconds)}`
      : `written ${moment(this.written)}`;
    this.connection.classList.toggle("is-lost", isStale);
  }
}

/** The name of a figure as people say it: accuracy of test/accuracy, accuracy (test net 1) of test1/accuracy. */
function nameOf(curve) {
  const [, group, name] = /^([^/]*)\/(.*)$/.exec(curve) ?? [null, "", curve];
  const words = name.replaceAll("_", " ");
  const net = /^test(\d+)$/.exec(group);
  return net ? `${words} (test net ${net[1]})` : group === "test" ? `test ${words}` : group === "train"
    ? `training ${words}` : curve;
}
