// What the reader has set, kept while the page loads itself again.

const storeKey = `cnn:${location.pathname}`;
const kept = read(() => JSON.parse(sessionStorage.getItem(storeKey))) ?? {};

// A browser can forbid storage, and then nothing is kept.
function read(get) {
  try {
    return get();
  } catch {
    return null;
  }
}

function recall(name, otherwise) {
  return kept[name] ?? otherwise;
}

function remember(name, value) {
  kept[name] = value;
  read(() => sessionStorage.setItem(storeKey, JSON.stringify(kept)));
}

const theme = {
  watchers: [],

  isDark() {
    const set = document.documentElement.dataset.theme;
    return set ? set === "dark" : matchMedia("(prefers-color-scheme: dark)").matches;
  },

  start() {
    const set = read(() => localStorage.getItem("cnn:theme"));
    if (set === "dark" || set === "light") {
      document.documentElement.dataset.theme = set;
    }

    matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => this.tell());
  },

  swap() {
    const next = this.isDark() ? "light" : "dark";
    document.documentElement.dataset.theme = next;
    read(() => localStorage.setItem("cnn:theme", next));
    this.tell();
  },

  tell() {
    this.watchers.forEach(w => w());
  },
};

/** The range of iterations that all curves show; null for all. */
const zoom = {
  range: recall("zoom", null),
  watchers: [],

  set(range) {
    this.range = range;
    remember("zoom", range);
    this.watchers.forEach(w => w());
  },
};
