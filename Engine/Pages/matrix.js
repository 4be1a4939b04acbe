// How a test classified its images: the matrix of classes, the table of classes, the worst mistakes.

/** Counts of classes as a matrix, from rows of (column, count) pairs. */
function spread(rows) {
  return rows.map(pairs => {
    const row = new Array(rows.length).fill(0);
    for (let i = 0; i < pairs.length; i += 2) {
      row[pairs[i]] = pairs[i + 1];
    }

    return row;
  });
}

// The square root shows the few mistakes beside the many right ones.
function strength(count, total) {
  return total > 0 ? Math.sqrt(count / total) : 0;
}

/** A table with a cell for each pair of classes, for classes few enough to read. */
function matrixTable(names, counts) {
  const cell = (count, i, j, total) => {
    const part = Math.round(strength(count, total) * 88);
    const share = percent(total ? count / total : 0);
    return el("td", {
      class: part > 55 ? "is-full" : null,
      style: count ? `background:color-mix(in srgb, ${colour(i === j ? 0 : 1)} ${part}%, transparent)` : null,
      title: i === j
        ? `${whole(count)} of ${whole(total)} images of ${names[i]} (${share}) are classified correctly`
        : `${whole(count)} of ${whole(total)} images of ${names[i]} (${share}) are mistaken for ${names[j]}`,
    }, count ? whole(count) : "·");
  };
  return el("div", { class: "scroll", "data-keep": "matrix", tabindex: 0 }, el("table", { class: "matrix" },
    el("thead", {},
      el("tr", {}, el("td"), el("th", { colspan: names.length, class: "axis-title" }, "predicted")),
      el("tr", {}, el("th", { class: "axis-title" }, "label"), names.map(n => el("th", { scope: "col" }, n)))),
    el("tbody", {}, counts.map((row, i) => {
      const total = row.reduce((m, n) => m + n, 0);
      return el("tr", {}, el("th", { scope: "row" }, names[i]), row.map((count, j) => cell(count, i, j, total)));
    }))));
}

/** A picture with a square for each pair of classes, for many classes; pointing at one tells what it is. */
function matrixPicture(names, counts) {
  const side = names.length <= 120 ? 6 : names.length <= 400 ? 4 : 3;
  const canvas = el("canvas", { width: names.length * side, height: names.length * side, class: "matrix-picture" });
  const told = el("p", { class: "note hover-values-line", role: "status" },
    "Rows are labels, columns are predictions; point at a square.");
  const totals = counts.map(row => row.reduce((m, n) => m + n, 0));
  const paint = () => {
    const context = canvas.getContext("2d"), style = getComputedStyle(document.documentElement);
    context.clearRect(0, 0, canvas.width, canvas.height);
    counts.forEach((row, i) => row.forEach((count, j) => {
      if (count) {
        context.globalAlpha = 0.4 + 0.6 * strength(count, totals[i]);
        context.fillStyle = style.getPropertyValue(i === j ? "--s0" : "--s1");
        context.fillRect(j * side, i * side, side, side);
      }
    }));
  };
  canvas.addEventListener("pointermove", e => {
    const i = Math.floor(e.offsetY / side), j = Math.floor(e.offsetX / side);
    if (counts[i]?.[j] !== undefined) {
      told.textContent = `${whole(counts[i][j])} of ${whole(totals[i])} images of ${names[i]} `
        + (i === j ? "are classified correctly" : `are mistaken for ${names[j]}`);
    }
  });
  paint();
  canvas.paint = paint;
  return el("div", {}, told, el("div", { class: "scroll", "data-keep": "matrix", tabindex: 0 }, canvas));
}

theme.watchers.push(() => document.querySelectorAll(".matrix-picture").forEach(canvas => canvas.paint()));

/** The figures of each class. */
function classRows(names, counts) {
  const given = names.map((_, j) => counts.reduce((sum, row) => sum + row[j], 0));
  return names.map((name, i) => {
    const images = counts[i].reduce((m, n) => m + n, 0), right = counts[i][i];
    const recall = images ? right / images : NaN, precision = given[i] ? right / given[i] : NaN;
    const f1 = right ? 2 * precision * recall / (precision + recall) : images && given[i] ? 0 : NaN;
    return { index: i, name, images, precision, recall, f1 };
  });
}

/** A table of the classes, sorted by the column that the reader chooses. */
function classTable(names, counts) {
  const columns = [
    ["name", "Class", "The class"],
    ["images", "Images", "The images of the class"],
    ["precision", "Precision", "The share of the images given this class that have it"],
    ["recall", "Recall", "The share of the images of this class that were given it"],
    ["f1", "F1", "The harmonic mean of precision and recall"],
  ];
  const rows = classRows(names, counts), body = el("tbody");
  let [by, down] = recall("classes.sort", ["index", false]);
  const show = () => {
    const order = (m, n) => {
      const [a, b] = [m[by], n[by]];
      const sign = typeof a === "string" ? a.localeCompare(b) : (Number.isNaN(a) ? 2 : a) - (Number.isNaN(b) ? 2 : b);
      return (down ? -sign : sign) || m.index - n.index;
    };
    body.replaceChildren(...[...rows].sort(order).map(r => el("tr", {},
      el("th", { scope: "row" }, r.name),
      el("td", {}, whole(r.images)),
      [r.precision, r.recall, r.f1].map(share => el("td", { class: "measured" },
        el("span", { class: "meter", style: `--part:${Number.isNaN(share) ? 0 : share}` }), percent(share))))));
    heads.forEach((head, i) => head.setAttribute(
      "aria-sort", columns[i][0] === by ? (down ? "descending" : "ascending") : "none"));
  };
  const heads = columns.map(([key, title, note]) => el("th", { scope: "col", title: note }, el("button", {
    type: "button", class: "sort",
    onclick: () => {
      [by, down] = by === key ? (down ? ["index", false] : [key, true]) : [key, false];
      remember("classes.sort", [by, down]);
      show();
    },
  }, title)));
  show();
  return el("div", { class: "scroll", "data-keep": "classes", tabindex: 0 },
    el("table", { class: "list" }, el("thead", {}, el("tr", {}, heads)), body));
}

/** The images that were classified wrongly, the surest first. */
function mistakes(names, worst) {
  return el("div", { class: "gallery" }, worst.map(m => el("figure", {},
    picture(m, `an image of ${names[m.label]}`, 84),
    el("figcaption", {},
      el("span", {}, el("b", {}, names[m.label]), " mistaken for ", el("b", {}, names[m.predicted])),
      m.confidence === null ? null : el("span", { class: "note" }, percent(m.confidence))))));
}

/** An image, enlarged by a whole number so that its pixels are seen. */
function picture(image, text, least) {
  const times = Math.max(1, Math.round(least / Math.max(image.w, image.h)));
  return el("img", {
    src: `data:image/png;base64,${image.png}`, alt: text, width: image.w * times, height: image.h * times,
  });
}
