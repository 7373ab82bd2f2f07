// Colours of values: scales that are perceptually uniform or safe for colour blindness, and where they end.

const SCALES = {
  // Viridis, Cividis, Inferno and a part of it (matplotlib), blue-grey-red after ColorBrewer's RdBu
  viridis: ["#440154", "#482878", "#3e4989", "#31688e", "#26828e", "#1f9e89", "#35b779", "#6ece58", "#b5de2b", "#fde725"],
  cividis: ["#00224e", "#123570", "#3b496c", "#575d6d", "#707173", "#8a8678", "#a59c74", "#c3b369", "#e1cc55", "#fee838"],
  inferno: ["#000004", "#1b0c41", "#4a0c6b", "#781c6d", "#a52c60", "#cf4446", "#ed6925", "#fb9b06", "#f7d13d", "#fcffa4"],
  diverging: ["#2166ac", "#67a9cf", "#c9ccd1", "#ef8a62", "#b2182b"],
  importance: ["#fcc26b", "#fb9b06", "#ed6925", "#cf4446", "#a52c60", "#781c6d", "#4a0c6b"],
};
const ON_DARK = { importance: ["#5b2a7a", "#8b2a77", "#bc3754", "#e35933", "#f98e09", "#f9cb35", "#fcffa4"] };
/** Okabe and Ito's colours, safe for colour blindness. */
export const CATEGORIES = ["#0072b2", "#e69f00", "#009e73", "#cc79a7", "#56b4e9", "#d55e00", "#f0e442"];
export const MISSING = "#b4b4b4";
const STEPS = 256;

export const SCALE_NAMES = Object.keys(SCALES);

/** The colours of a scale ("sequential" is viridis) from its low to its high end; on a dark page another one where the usual would not be seen. */
export function stops(name, dark = false) {
  return (dark && ON_DARK[name]) || SCALES[name] || SCALES.viridis;
}

/** 256 colours '#rrggbb' of a scale. */
export function table(name, dark = false) {
  const channels = stops(name, dark).map(rgb);
  return Array.from({ length: STEPS }, (_, step) => {
    const at = (step / (STEPS - 1)) * (channels.length - 1);
    const low = Math.min(Math.floor(at), channels.length - 2);
    return hex(channels[low].map((value, k) => value + (at - low) * (channels[low + 1][k] - value)));
  });
}

/** Lowest and highest of a column's values that are no NaN; [0, 1] where there is none. */
export function extent(values) {
  let low = Infinity, high = -Infinity;
  for (const value of values) {
    if (value < low) low = value;
    if (value > high) high = value;
  }
  return low <= high ? [low, high] : [0, 1];
}

/** The ends of the colours: the given range, else the column's; never of no width. */
export function limitsOf(column, range = null) {
  const [low, high] = range ?? column.range ?? extent(column.values);
  return high - low > 1e-9 ? [low, high] : [low - 0.5, low + 0.5];
}

/** Colours of a column's N values.
 *
 * Returns { colors: N '#rrggbb', limits: [low, high] | null, ticks: [{ at: 0..1, text }], stops, items: [[text, colour]] }.
 * Values beyond the limits take the end colours, and the tick there says so by ≤ or ≥. Missing values are grey.
 */
export function colourOf(column, range = null, scaleName = null, { dark = false, palette = null } = {}) {
  if (column.kind === "category") return categoryColours(column, palette);
  const limits = limitsOf(column, range);
  const name = scaleName ?? column.scale;
  const colours = table(name, dark);
  const { values } = column;
  const scale = STEPS / (limits[1] - limits[0]);
  const colors = new Array(values.length);
  for (let i = 0; i < values.length; i++) {
    const value = values[i];
    if (value !== value) colors[i] = MISSING; // NaN
    else colors[i] = colours[Math.max(0, Math.min(STEPS - 1, Math.floor((value - limits[0]) * scale)))];
  }
  return { colors, limits, ticks: ticksOf(limits, extent(values), column.digits), stops: stops(name, dark), items: [] };
}

/** Round numbers from low to high, at most about `count`, with the ends where values lie beyond them (isEnd); the
 * legend leaves out what has no room beside those. */
export function ticksOf([low, high], [least, most], digits = 2, count = 4) {
  const step = niceStep((high - low) / count);
  let places = 0;
  while (places < 6 && Math.abs(step * 10 ** places - Math.round(step * 10 ** places)) > 1e-6) places++;
  const ticks = [];
  for (let k = Math.ceil(low / step - 1e-6); k * step <= high + step * 1e-6; k++) {
    ticks.push({ at: (k * step - low) / (high - low), text: text(k * step, places) });
  }
  const tiny = (high - low) * 1e-3;
  if (least < low - tiny) ticks.unshift({ at: 0, text: `≤ ${text(low, Math.max(digits, places))}`, isEnd: true });
  if (most > high + tiny) ticks.push({ at: 1, text: `≥ ${text(high, Math.max(digits, places))}`, isEnd: true });
  return ticks;
}

/** The colour mixed with another: amount 0 leaves it, amount 1 gives the other. */
export function mixed(color, other, amount) {
  const a = rgb(color), b = rgb(other);
  return hex(a.map((value, k) => value + amount * (b[k] - value)));
}

/** '#rrggbb' as [r, g, b], each 0..255. */
export function rgb(color) {
  return [1, 3, 5].map((start) => parseInt(color.slice(start, start + 2), 16));
}

/** Any colour of CSS as '#rrggbb'; `fallback` where it is none. */
export function cssColour(color, fallback) {
  const text = (color ?? "").trim();
  if (/^#[0-9a-f]{6}$/i.test(text)) return text.toLowerCase();
  if (/^#[0-9a-f]{3}$/i.test(text)) return "#" + [...text.slice(1)].map((c) => c + c).join("").toLowerCase();
  const parts = /^rgba?\(\s*([\d.]+)[\s,]+([\d.]+)[\s,]+([\d.]+)/.exec(text);
  return parts ? hex(parts.slice(1, 4).map(Number)) : fallback;
}

/** Whether a background '#rrggbb' is dark. */
export function isDark(color) {
  const [r, g, b] = rgb(color);
  return 0.299 * r + 0.587 * g + 0.114 * b < 128;
}

function categoryColours(column, palette) {
  const { labels, values } = column;
  const counts = new Float64Array(labels.length);
  for (const code of values) if (code >= 0) counts[code]++;
  const order = [...labels.keys()].sort((a, b) => counts[b] - counts[a] || a - b);
  const own = new Array(labels.length).fill(MISSING);
  order.forEach((code, rank) => { own[code] = palette?.[labels[code]] ?? CATEGORIES[rank] ?? MISSING; });
  const colors = Array.from(values, (code) => own[code] ?? MISSING);
  const named = order.filter((code) => own[code] !== MISSING && counts[code]).map((code) => [labels[code], own[code]]);
  const items = palette ? [...named].sort((a, b) => labels.indexOf(a[0]) - labels.indexOf(b[0])) : named;
  if (order.some((code) => own[code] === MISSING && counts[code])) items.push(["others", MISSING]);
  return { colors, limits: null, ticks: [], stops: [], items };
}

function niceStep(raw) {
  const power = 10 ** Math.floor(Math.log10(raw));
  return [1, 2, 2.5, 5, 10].find((factor) => factor * power >= raw * (1 - 1e-9)) * power;
}

function text(value, places) {
  return (Math.abs(value) < 1e-12 ? 0 : value).toFixed(places).replace("-", "−");
}

function hex(channels) {
  return "#" + channels.map((value) => Math.round(Math.max(0, Math.min(255, value))).toString(16).padStart(2, "0")).join("");
}
