import { html, useEffect, useRef, useState } from "../lib/html.js";
import { useStore } from "../lib/state.js";
import { loadStyle } from "../lib/style.js";
import { theme } from "../lib/theme.js";

/**
 * One row of bars: `color` is a token of base.css.
 * @typedef {{ label: string, values: (number | null)[], color: string }} Series
 */

/**
 * Bars over time. The library comes when the first chart does. `summary` is what a reader hears
 * instead of the picture.
 * @param {{ summary: string, times: number[], series: Series[], format: (value: number) => string,
 *   timeFormat: Intl.DateTimeFormat, isWhole?: boolean, height?: number }} props `times` in seconds since 1970; later series lie over earlier ones.
 */
export function Chart({ summary, times, series, format, timeFormat, isWhole, height = 200 }) {
  const frame = useRef(/** @type {HTMLDivElement | null} */ (null));
  const [failed, setFailed] = useState(false);
  const chosen = useStore(theme);
  const scheme = useScheme();
  useEffect(() => {
    const element = /** @type {HTMLDivElement} */ (frame.current);
    /** @type {{ destroy: () => void } | undefined} */
    let drawn;
    let isCurrent = true;
    Promise.all([import("../../vendor/uplot.mjs"), loadStyle("static/vendor/uplot.css"), loadStyle("static/css/chart.css")]).then(
      ([library]) => {
        if (isCurrent) {
          drawn = draw(library.default, element, { times, series, format, timeFormat, isWhole, height });
        }
      },
      () => setFailed(true),
    );
    return () => {
      isCurrent = false;
      drawn?.destroy();
    };
  }, [times, series, chosen, scheme]);
  return html`<figure class="chart" role="img" aria-label=${summary}>
    ${failed && html`<p class="quiet">The chart could not be drawn. ${summary}</p>`}
    <div ref=${frame} style=${{ minHeight: `${height}px` }}></div>
  </figure>`;
}

/** Steps between lines of what cannot be halved. */
const WHOLE = Array.from({ length: 10 }, (_, power) => [1, 2, 5].map((step) => step * 10 ** power)).flat();

/**
 * @param {unknown} _
 * @param {string[] | null} labels
 */
function widthOf(_, labels) {
  return Math.max(32, 12 + 7 * Math.max(0, ...(labels ?? []).map((label) => label.length)));
}

/** Follow the system's light and dark. */
function useScheme() {
  const [isDark, setDark] = useState(() => matchMedia("(prefers-color-scheme: dark)").matches);
  useEffect(() => {
    const media = matchMedia("(prefers-color-scheme: dark)");
    const follow = () => setDark(media.matches);
    media.addEventListener("change", follow);
    return () => media.removeEventListener("change", follow);
  }, []);
  return isDark;
}

/**
 * @param {typeof import("../../vendor/uplot.mjs").default} UPlot
 * @param {HTMLDivElement} element
 * @param {Pick<Parameters<typeof Chart>[0], "times" | "series" | "format" | "timeFormat" | "isWhole"> & { height: number }} what
 */
function draw(UPlot, element, { times, series, format, timeFormat, isWhole, height }) {
  const bars = UPlot.paths.bars?.({ size: [0.72, 32], radius: 0.15 });
  const axis = {
    stroke: resolved(element, "--quiet"),
    grid: { stroke: resolved(element, "--line"), width: 1 },
    ticks: { show: false },
    font: "12px system-ui, sans-serif",
  };
  const step = (times[1] ?? 3600) - (times[0] ?? 0);
  const moment = (/** @type {number} */ seconds) => timeFormat.format(new Date(seconds * 1000));
  const plot = new UPlot(
    {
      width: element.clientWidth,
      height,
      padding: [8, 8, 0, 0],
      cursor: { y: false, points: { show: false }, drag: { x: false, y: false } },
      legend: { live: true },
      scales: {
        x: { time: true, range: (_, low, high) => [low - step / 2, high + step / 2] },
        y: { range: (_, __, high) => [0, high > 0 ? high * 1.1 : 1] },
      },
      axes: [
        { ...axis, grid: { show: false }, size: 32, space: 64, values: (_, splits) => splits.map(moment) },
        { ...axis, ...(isWhole ? { incrs: WHOLE } : {}), size: widthOf, space: 40, values: (_, splits) => splits.map(format) },
      ],
      series: [
        { label: "Time", value: (_, at) => (at === null ? "" : moment(at)) },
        ...series.map(({ label, color }) => ({
          label,
          paths: bars,
          points: { show: false },
          fill: resolved(element, color),
          stroke: resolved(element, color),
          width: 0,
          value: (/** @type {unknown} */ _, /** @type {number | null} */ value) => (value === null ? "" : format(value)),
        })),
      ],
    },
    [times, ...series.map(({ values }) => values)],
    element,
  );
  const watcher = new ResizeObserver(() => plot.setSize({ width: element.clientWidth, height }));
  watcher.observe(element);
  return {
    destroy() {
      watcher.disconnect();
      plot.destroy();
    },
  };
}

/**
 * Return a token's colour as it is now: a canvas does not know tokens.
 * @param {HTMLElement} element
 * @param {string} token
 */
function resolved(element, token) {
  element.style.color = `var(${token})`;
  const { color } = getComputedStyle(element);
  element.style.color = "";
  return color;
}
