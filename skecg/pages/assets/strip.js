// The strip viewer. Adds to the object `skecg`:
//   createStrip(container, signal, options)   fills an element with a strip: leads
//     above each other on a grid of 0.2 s and 0.5 mV, a mark and a letter for each
//     beat, buttons and keys, and a line of text with the shown time and beats.
//     signal    the result of skecg.signalOf; change signal.beats.classes[i] and call
//               redraw() to show another class
//     options   label      the accessible name of the strip
//               start, seconds   the part to show first (default 0 and 10)
//               limits     [start, stop]: the times that can be shown (default all)
//               shortest   the fewest seconds that can be shown (default 1)
//               onView     called with {start, seconds} after each change
//   It returns
//     show(start, seconds)   shows a part, moved and shortened to fit the limits
//     centre(time, seconds)  shows a part around a time
//     highlight(sample)      draws a frame around the beat at a sample; null removes it
//     view()                 {start, seconds}
//     redraw()               draws the strip again
//     chart                  the element with the keyboard focus
// Keys: the left and right arrow keys move by a fifth of the strip, Page Up and Page Down
// by its width, + and - zoom, Home and End go to the ends. Dragging with the mouse zooms
// in, a double click zooms out.
"use strict";

skecg.createStrip = (container, signal, options = {}) => {
  const [earliest, latest] = options.limits ?? [0, signal.duration];
  const longest = latest - earliest;
  const shortest = Math.min(options.shortest ?? 1, longest);
  const label = options.label ?? "Strip of the signal";
  const BAND = 30; // CSS pixels above the leads, for the letters of the beats
  let view = { start: earliest, seconds: Math.min(options.seconds ?? 10, longest) };
  let marked = null;
  let drawn = null;

  const { element } = skecg;
  const text = element("p", { class: "strip-text", role: "status" });
  const chart = element("div", { class: "strip-chart", tabindex: "0", role: "group" });
  const button = (name, sign, action) => {
    const made = element("button", { type: "button", "aria-label": name }, sign);
    made.title = name;
    made.addEventListener("click", action);
    return made;
  };
  const move = (share) => show(view.start + share * view.seconds, view.seconds);
  const zoom = (factor) => {
    const seconds = Math.min(longest, Math.max(shortest, view.seconds * factor));
    show(view.start + (view.seconds - seconds) / 2, seconds);
  };
  const buttons = element(
    "div",
    { class: "strip-buttons", role: "group", "aria-label": "Move and zoom" },
    button("Back by one strip", "\u00ab", () => move(-1)),
    button("Back", "\u2039", () => move(-0.2)),
    button("Forward", "\u203a", () => move(0.2)),
    button("Forward by one strip", "\u00bb", () => move(1)),
    button("Zoom in", "+", () => zoom(0.5)),
    button("Zoom out", "\u2212", () => zoom(2)),
    button("10 s", "10 s", () => centre(view.start + view.seconds / 2, 10)),
    button("Show all", "All", () => show(earliest, longest)),
  );
  chart.setAttribute("aria-label", `${label}. Arrow keys move, plus and minus zoom.`);
  container.classList.add("strip");
  container.replaceChildren(buttons, chart, text);

  // The centre and height of each lead; the leads are stacked and share one scale.
  const layoutOf = (leads) => {
    let top = 0;
    return leads.map((values) => {
      let low = Infinity;
      let high = -Infinity;
      for (const value of values) {
        if (value === null) continue;
        low = Math.min(low, value);
        high = Math.max(high, value);
      }
      const middle = low <= high ? (low + high) / 2 : 0;
      const height = Math.max(1.5, low <= high ? 1.15 * (high - low) : 0);
      const shift = top - height / 2 - middle;
      top -= height;
      return { shift, middle: top + height / 2, height };
    });
  };

  const update = () => {
    const stop = view.start + view.seconds;
    const found = signal.draw(view.start, stop, Math.max(200, chart.clientWidth));
    const layout = layoutOf(found.leads);
    drawn = { ...found, layout };
    const shifted = found.leads.map((values, lead) =>
      values.map((value) => (value === null ? null : value + layout[lead].shift)),
    );
    plot.setData([found.x, ...shifted], false);
    const total = layout.reduce((sum, lead) => sum + lead.height, 0);
    plot.batch(() => {
      plot.setScale("x", { min: view.start, max: stop });
      plot.setScale("y", { min: -total, max: 0 });
    });
    describe();
  };

  const describe = () => {
    const stop = view.start + view.seconds;
    const digits = view.seconds < 60 ? 1 : 0;
    const first = signal.firstBeat(view.start);
    const last = signal.firstBeat(stop);
    const counts = new Map();
    for (let i = first; i < last; i++) {
      const letter = signal.beats.classes[i];
      counts.set(letter, (counts.get(letter) ?? 0) + 1);
    }
    const classes = [..."NSVFQ"]
      .filter((letter) => counts.has(letter))
      .map((letter) => `${counts.get(letter).toLocaleString("en")} ${letter}`);
    const day = skecg.timeOfDay(signal.start, view.start);
    let coarse = "";
    if (drawn.isWide) {
      coarse = " Grey: minimum and maximum of the signal; zoom in for its samples.";
    } else if (drawn.coarse.length) {
      coarse = " Grey: only the minimum and maximum of the signal are on this page.";
    }
    text.textContent =
      `${skecg.clock(view.start, digits)} to ${skecg.clock(stop, digits)}` +
      `${day ? ` (${day})` : ""}: ${(last - first).toLocaleString("en")} beats` +
      `${classes.length ? ` (${classes.join(", ")})` : ""}.${coarse}`;
  };

  // The grid of 0.2 s and 0.5 mV, as long as its lines are distinguishable.
  const drawPaper = (u) => {
    const { ctx, bbox } = u;
    ctx.save();
    ctx.beginPath();
    ctx.rect(bbox.left, bbox.top, bbox.width, bbox.height);
    ctx.clip();
    ctx.fillStyle = skecg.color("--coarse");
    for (const [start, stop] of drawn.coarse) {
      const left = u.valToPos(start, "x", true);
      ctx.fillRect(left, bbox.top, u.valToPos(stop, "x", true) - left, bbox.height);
    }
    ctx.strokeStyle = skecg.color("--paper-line");
    ctx.lineWidth = devicePixelRatio;
    ctx.beginPath();
    const step =
      [0.2, 1, 5, 60, 300, 3600].find((s) => view.seconds / s <= 120) ?? 3600;
    const count = Math.floor((view.start + view.seconds) / step + 1e-9);
    for (let i = Math.ceil(view.start / step - 1e-9); i <= count; i++) {
      const x = Math.round(u.valToPos(i * step, "x", true)) + 0.5;
      ctx.moveTo(x, bbox.top);
      ctx.lineTo(x, bbox.top + bbox.height);
    }
    for (let level = 0; level > u.scales.y.min; level -= 0.5) {
      const y = Math.round(u.valToPos(level, "y", true)) + 0.5;
      ctx.moveTo(bbox.left, y);
      ctx.lineTo(bbox.left + bbox.width, y);
    }
    ctx.stroke();
    ctx.restore();
  };

  // A vertical line for each beat below its letter, and the letters that fit.
  const drawBeats = (u) => {
    const { ctx, bbox } = u;
    const ratio = devicePixelRatio;
    const first = signal.firstBeat(view.start);
    const last = signal.firstBeat(view.start + view.seconds);
    const apart = bbox.width / ratio / Math.max(1, last - first);
    const { samples, classes } = signal.beats;
    const fills = new Map([..."NSVFQ"].map((x) => [x, skecg.color(`--class-${x}`)]));
    ctx.save();
    ctx.textAlign = "center";
    ctx.textBaseline = "middle";
    ctx.font = `bold ${11 * ratio}px system-ui, sans-serif`;
    const top = bbox.top - BAND * ratio;
    // Draw N first, so that rare classes are on top.
    for (const isN of [true, false]) {
      let previous = -Infinity;
      for (let i = first; i < last; i++) {
        const letter = classes[i];
        if ((letter === "N") !== isN) continue;
        const x = Math.round(u.valToPos(samples[i] / signal.fs, "x", true));
        // At most one line per pixel.
        if (x === previous) continue;
        previous = x;
        ctx.fillStyle = fills.get(letter);
        const height = apart < 4 && isN ? 0.3 * BAND : 0.8 * BAND;
        if (apart < 18) {
          const width = (isN ? 1 : 2) * ratio;
          ctx.fillRect(
            x - width / 2,
            top + (BAND - height) * ratio,
            width,
            height * ratio,
          );
          continue;
        }
        ctx.globalAlpha = 0.5;
        ctx.fillRect(x, top + 20 * ratio, ratio, bbox.height + (BAND - 20) * ratio);
        ctx.globalAlpha = 1;
        ctx.fillRect(x - 8 * ratio, top + 3 * ratio, 16 * ratio, 17 * ratio);
        ctx.fillStyle = skecg.color(`--on-${letter}`);
        ctx.fillText(letter, x, top + 12 * ratio);
        if (samples[i] === marked) {
          ctx.strokeStyle = skecg.color("--ink");
          ctx.lineWidth = 2 * ratio;
          ctx.strokeRect(x - 10 * ratio, top + ratio, 20 * ratio, 21 * ratio);
        }
      }
    }
    ctx.restore();
  };

  const ink = () => skecg.color("--ink");
  const axis = { stroke: () => skecg.color("--muted"), grid: { show: false } };
  const sizeOf = () => ({
    width: Math.max(200, chart.clientWidth),
    height: Math.round(
      Math.min(Math.max(180, 0.7 * innerHeight), 110 + 130 * signal.leads.length),
    ),
  });
  const plot = new uPlot(
    {
      ...sizeOf(),
      padding: [BAND, 28, 0, 0],
      legend: { show: false },
      scales: { x: { time: false, auto: false }, y: { auto: false } },
      cursor: {
        y: false,
        points: { show: false },
        drag: { x: true, y: false, setScale: false },
        bind: { dblclick: () => () => zoom(4) },
      },
      axes: [
        {
          ...axis,
          space: 80,
          size: 34,
          incrs: [
            0.2, 0.5, 1, 2, 5, 10, 30, 60, 300, 900, 1800, 3600, 7200, 14400, 86400,
          ],
          values: (u, times) =>
            times.map((t) => skecg.clock(t, times[1] - times[0] < 1 ? 1 : 0)),
        },
        {
          ...axis,
          size: 56,
          ticks: { show: false },
          splits: () => (drawn ? drawn.layout.map((lead) => lead.middle) : []),
          values: () => signal.leads,
        },
      ],
      series: [
        {},
        ...signal.leads.map((name) => ({
          label: name,
          stroke: ink,
          width: 1.2,
          points: { show: false },
        })),
      ],
      hooks: {
        drawClear: [(u) => drawn && drawPaper(u)],
        draw: [(u) => drawn && drawBeats(u)],
        setSelect: [
          (u) => {
            if (u.select.width < 4) return;
            const start = u.posToVal(u.select.left, "x");
            const stop = u.posToVal(u.select.left + u.select.width, "x");
            u.setSelect({ left: 0, top: 0, width: 0, height: 0 }, false);
            show(start, stop - start);
          },
        ],
      },
    },
    [[], ...signal.leads.map(() => [])],
    chart,
  );
  plot.root.querySelector("canvas").setAttribute("aria-hidden", "true");

  const show = (start, seconds = view.seconds) => {
    const kept = Math.min(longest, Math.max(shortest, seconds));
    const moved = Math.max(earliest, Math.min(start, latest - kept));
    view = { start: moved, seconds: kept };
    update();
    options.onView?.({ ...view });
  };

  const centre = (time, seconds = view.seconds) => show(time - seconds / 2, seconds);

  const keys = {
    ArrowLeft: () => move(-0.2),
    ArrowRight: () => move(0.2),
    PageUp: () => move(-1),
    PageDown: () => move(1),
    Home: () => show(earliest),
    End: () => show(latest - view.seconds),
    "+": () => zoom(0.5),
    "=": () => zoom(0.5),
    "-": () => zoom(2),
  };
  chart.addEventListener("keydown", (event) => {
    const isOther = event.ctrlKey || event.metaKey || event.altKey;
    if (isOther || !(event.key in keys)) return;
    event.preventDefault();
    keys[event.key]();
  });
  new ResizeObserver(() => {
    const size = sizeOf();
    if (size.width === plot.width) return;
    plot.setSize(size);
    update();
  }).observe(chart);
  skecg.onTheme(() => plot.redraw());
  show(options.start ?? earliest, view.seconds);

  return {
    show,
    centre,
    highlight: (sample) => {
      marked = sample;
      plot.redraw(false);
    },
    view: () => ({ ...view }),
    redraw: () => {
      plot.redraw(false);
      describe();
    },
    chart,
  };
};
