// Axes: where values lie, and what is written at them.

function linearTicks(low, high, most) {
  const raw = (high - low) / Math.max(1, most);
  const power = 10 ** Math.floor(Math.log10(raw));
  const step = [1, 2, 5, 10].map(f => f * power).find(s => s >= raw * 0.999);
  const ticks = [];
  for (let i = Math.ceil(low / step - 1e-9); i * step <= high + step * 1e-9; i++) {
    ticks.push(i * step + 0);
  }

  return { ticks, step };
}

function logTicks(low, high, most) {
  const first = Math.floor(Math.log10(low)), last = Math.ceil(Math.log10(high));
  const choices = [[1, 2, 3, 4, 5, 6, 7, 8, 9], [1, 2, 5], [1, 3], [1]];
  for (const factors of choices) {
    const ticks = [];
    for (let e = first; e <= last; e++) {
      ticks.push(...factors.map(f => f * 10 ** e).filter(t => t >= low * 0.999 && t <= high * 1.001));
    }

    if (ticks.length <= most) {
      return ticks;
    }
  }

  const every = Math.ceil((last - first) / Math.max(1, most));
  return Array.from({ length: last - first + 1 }, (_, i) => first + i)
    .filter(e => e % every === 0)
    .map(e => 10 ** e)
    .filter(t => t >= low * 0.999 && t <= high * 1.001);
}

/** An axis from low to high; at(value) is its place between the pixels from and to. */
function axis(low, high, from, to, isLog, most) {
  const flat = isLog ? Math.log10(high / low) === 0 : high === low;
  const share = isLog
    ? v => Math.log10(v / low) / Math.log10(high / low)
    : v => (v - low) / (high - low);
  const at = v => flat ? (from + to) / 2 : from + share(v) * (to - from);
  if (flat) {
    return { low, high, at, ticks: [{ value: low, text: number(low, 3) }] };
  }

  const logs = isLog ? logTicks(low, high, most) : [];
  if (logs.length > 1) {
    return { low, high, at, ticks: logs.map(value => ({ value, text: number(value, 3) })) };
  }

  const { ticks, step } = linearTicks(low, high, most);
  const size = Math.max(Math.abs(low), Math.abs(high));
  const decimals = Math.max(0, -Math.floor(Math.log10(step) + 1e-9));
  const text = v => size < 1e-3 || size >= 1e7
    ? number(v, 3)
    : (Math.abs(v) < step / 2 ? 0 : v)
      .toLocaleString("en-US", { minimumFractionDigits: decimals, maximumFractionDigits: decimals })
      .replace("-", "−");
  return { low, high, at, ticks: ticks.map(value => ({ value, text: text(value) })) };
}

/** The least and the greatest of some numbers; null where there are none. */
function extent(values) {
  let low = Infinity, high = -Infinity;
  for (const value of values) {
    low = Math.min(low, value);
    high = Math.max(high, value);
  }

  return low <= high ? [low, high] : null;
}

/** The index of the number nearest to a value in a rising list. */
function nearest(list, value) {
  let low = 0, high = list.length - 1;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (list[middle] < value) {
      low = middle + 1;
    } else {
      high = middle;
    }
  }

  return low > 0 && value - list[low - 1] <= list[low] - value ? low - 1 : low;
}

/**
 * Smooths values by a moving average whose weights fall exponentially with the distance in iterations, since points
 * of a thinned curve do not lie evenly; by the weight from one point to the next, of which a curve counts 400 at most.
 */
function smooth(x, y, weight) {
  if (weight <= 0 || x.length < 3) {
    return y;
  }

  const usual = (x[x.length - 1] - x[0]) / Math.min(x.length - 1, 400) || 1;
  let sum = 0, total = 0, before = x[0];
  return y.map((value, i) => {
    const keep = weight ** ((x[i] - before) / usual);
    before = x[i];
    sum *= keep;
    total *= keep;
    if (value !== null) {
      const own = Math.max(1 - (i === 0 ? weight : keep), 1e-12);
      sum += own * value;
      total += own;
    }

    return total > 0 ? sum / total : null;
  });
}
