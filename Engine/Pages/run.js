// The page of runs. All scripts of this folder are one in the page, in the order of PageAssets.cs.
//
// Elements that tests and other programs may rely on:
//   #name #net-name            what runs
//   #state                     one word, also as class: is-running, is-completed, is-stopped, is-failed, is-killed
//   #failure                   why it failed; hidden otherwise
//   #progress                  the bar; aria-valuenow is in per cent
//   #iteration #elapsed #time-left #loss #speed #last-snapshot   tiles
//   #connection                live: "live", "connection lost", "ended"; a file: when it was written
//   #snapshot #stop #answer    live: the buttons, and what the server answered
//   #theme                     swaps light and dark (html[data-theme])
//   #loss-chart #score-chart #score-chart-N #rate-chart #speed-chart #wait-chart #pace-chart
//       each with svg.plot (drag zooms, double click resets, arrow keys read values), .hover-values, .legend button
//       (aria-pressed), .smoothing (slider), .controls button (log scale), .reset-zoom
//   #confusion #classes #mistakes #layer-times #histograms (#parameter) #images #net (#net-smaller, #net-larger)
//   #settings #origin #definitions
//   comparison: #runs #differences and charts

const options = JSON.parse(document.getElementById("options").textContent);
const page = document.getElementById("page");

/** Turns the data as sent into what the page shows: iterations are sent as differences. */
function decode(data) {
  for (const curve of data.runs.flatMap(r => r.curves)) {
    let at = 0;
    curve.x = curve.x.map(step => at += step);
  }

  return data;
}

/** The connection to the server that shows the page. */
class Live {
  constructor({ events, data, control, token }) {
    const of = address => `${address}?token=${encodeURIComponent(token)}`;
    this.address = { events: of(events), data: of(data) };
    this.control = control;
    this.controlAddress = name => of(`${control}/${name}`);
  }

  start(view) {
    this.view = view;
    this.tell("live");
    this.source = new EventSource(this.address.events);
    this.source.onopen = () => this.tell("live");
    this.source.onmessage = () => this.fetch();
    this.source.onerror = () => this.tell("connection lost");
  }

  tell(word) {
    const place = this.view.header?.connection;
    if (place && !this.hasEnded) {
      place.textContent = word;
      place.classList.toggle("is-lost", word === "connection lost");
      this.hasEnded = word === "ended";
    }
  }

  // One request at a time; what comes meanwhile asks for one more.
  async fetch() {
    if (this.isFetching) {
      this.isWanted = true;
      return;
    }

    this.isFetching = true;
    try {
      do {
        this.isWanted = false;
        const answer = await fetch(this.address.data, { cache: "no-store" });
        if (!answer.ok) {
          throw new Error(answer.statusText);
        }

        this.show(decode(await answer.json()));
      } while (this.isWanted);
    } catch {
      this.tell("connection lost");
      if (this.source.readyState !== EventSource.CLOSED) {
        setTimeout(() => this.fetch(), 1000);
      }
    } finally {
      this.isFetching = false;
    }
  }

  show(data) {
    this.view.set(data);
    this.tell("live");
    if (data.runs.every(r => r.state !== "running")) {
      this.source.close();
      this.tell("ended");
    }
  }

  async post(name) {
    const place = this.view.header.answer;
    place.textContent = "…";
    try {
      const answer = await fetch(this.controlAddress(name), { method: "POST" });
      place.textContent = (await answer.text()) || (answer.ok ? "done" : `refused: ${answer.status}`);
    } catch {
      place.textContent = "The server does not answer.";
    }
  }
}

/** Loads a file again while its run goes on, unless the reader is in the middle of something. */
function reloadWhileRunning(view, data) {
  if (!options.reload || data.runs.every(r => r.state !== "running")) {
    return;
  }

  const isStale = () => data.written && Date.now() - data.written > 90000;
  let waited = 0;
  setInterval(() => {
    view.header?.age();
    waited++;
    const isTyping = document.activeElement?.tagName === "SELECT" || !getSelection().isCollapsed;
    if (waited >= options.reload * (isStale() ? 12 : 1) && !view.isBusy && !isTyping && !document.hidden) {
      remember("scroll", scrollY);
      location.reload();
    }
  }, 1000);
}

theme.start();
const data = decode(JSON.parse(document.getElementById("data").textContent));
const live = options.live ? new Live(options.live) : null;
const view = data.runs.length === 1 ? new RunView(live) : new CompareView();
page.append(view.element);
view.set(data);
const scroll = recall("scroll", null);
if (scroll !== null) {
  remember("scroll", null);
  history.scrollRestoration = "manual";
  requestAnimationFrame(() => requestAnimationFrame(() => scrollTo(0, scroll)));
}

if (!live) {
  reloadWhileRunning(view, data);
} else if (data.runs.some(r => r.state === "running")) {
  live.start(view);
} else {
  live.view = view;
  live.tell("ended");
}
