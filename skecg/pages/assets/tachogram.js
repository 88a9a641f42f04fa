// The tachogram: the RR interval of each beat over the time of the recording. Adds to
// the object `skecg`:
//   createTachogram(container, signal, unknown, onPick)
//     signal    the result of skecg.signalOf
//     unknown   the indices of the beats whose RR interval is not known
//     onPick    called with the clicked time in seconds
//   It returns {mark(start, seconds)}, which marks the part that the strip shows.
// Dragging with the mouse zooms in, a double click shows the whole recording.
"use strict";

skecg.createTachogram = (container, signal, unknown, onPick) => {
  const { samples, classes } = signal.beats;
  const lost = new Set(unknown);
  // Times and intervals by class, N first, so that the others are drawn over it.
  const groups = new Map([..."NQFSV"].map((letter) => [letter, { times: [], rr: [] }]));
  let [n, sum, largest] = [0, 0, 1.2];
  for (let i = 1; i < samples.length; i++) {
    if (lost.has(i)) continue;
    const rr = (samples[i] - samples[i - 1]) / signal.fs;
    const group = groups.get(classes[i]);
    group.times.push(samples[i] / signal.fs);
    group.rr.push(rr);
    n++;
    sum += rr;
    largest = Math.max(largest, Math.min(rr, 4));
  }

  const draw = (u) => {
    const { ctx, bbox } = u;
    const { min, max } = u.scales.x;
    const perSecond = bbox.width / (max - min);
    const size = Math.max(1, Math.round(devicePixelRatio * (n > 5000 ? 1 : 2)));
    ctx.save();
    ctx.beginPath();
    ctx.rect(bbox.left, bbox.top, bbox.width, bbox.height);
    ctx.clip();
    const wide = ctx.canvas.width;
    const drawn = new Uint8Array(wide * ctx.canvas.height);
    const bottom = bbox.top + bbox.height;
    let code = 0;
    for (const [letter, { times, rr }] of groups) {
      code++;
      ctx.fillStyle = skecg.color(`--class-${letter}`);
      const width = letter === "N" ? size : 2 * size;
      const half = width >> 1;
      const height = bbox.height / u.scales.y.max;
      for (let k = 0; k < times.length; k++) {
        if (times[k] < min || times[k] > max) continue;
        const x = Math.round(bbox.left + (times[k] - min) * perSecond);
        const y = Math.round(bottom - Math.min(rr[k], largest) * height);
        // In long recordings, many beats fall on the same pixel.
        if (drawn[y * wide + x] === code) continue;
        drawn[y * wide + x] = code;
        ctx.fillRect(x - half, y - half, width, width);
      }
    }
    ctx.restore();
  };

  const part = skecg.element("div", { class: "shown-part" });
  let shown = { start: 0, seconds: 0 };
  const place = (u) => {
    const left = u.valToPos(shown.start, "x");
    const right = u.valToPos(shown.start + shown.seconds, "x");
    part.hidden = right < 0 || left > u.over.clientWidth;
    part.style.left = `${Math.max(0, left)}px`;
    part.style.width = `${Math.max(2, Math.min(u.over.clientWidth, right) - Math.max(0, left))}px`;
  };

  const box = skecg.element("div", { class: "tachogram", role: "img" });
  box.setAttribute(
    "aria-label",
    n
      ? `RR intervals over time: ${n.toLocaleString("en")} intervals, mean ` +
          `${(sum / n).toFixed(2)} s. The table of hours contains the mean rates.`
      : "No RR intervals.",
  );
  const present = [..."NSVFQ"].filter((letter) => groups.get(letter).rr.length);
  container.replaceChildren(box, skecg.legend(...present.map((x) => [x, x])));
  const axis = {
    stroke: () => skecg.color("--muted"),
    grid: { stroke: () => skecg.color("--line"), width: 1 },
    ticks: { show: false },
  };
  const all = { min: 0, max: signal.duration };
  const width = () => Math.max(200, box.clientWidth);
  const plot = new uPlot(
    {
      width: width(),
      height: 240,
      padding: [10, 28, 0, 0],
      legend: { show: false },
      cursor: {
        y: false,
        points: { show: false },
        drag: { x: true, y: false, setScale: false },
        bind: { dblclick: (u) => () => u.setScale("x", all) },
      },
      scales: { x: { time: false, auto: false }, y: { auto: false } },
      axes: [
        {
          ...axis,
          space: 80,
          size: 34,
          incrs: [1, 5, 10, 30, 60, 300, 900, 1800, 3600, 7200, 14400, 86400],
          values: (u, times) => times.map((t) => skecg.clock(t)),
        },
        { ...axis, size: 56, values: (u, values) => values.map((v) => `${v} s`) },
      ],
      series: [{}, { paths: () => null, points: { show: false } }],
      hooks: {
        draw: [draw, place],
        setSelect: [
          (u) => {
            if (u.select.width < 4) return;
            const min = u.posToVal(u.select.left, "x");
            const max = u.posToVal(u.select.left + u.select.width, "x");
            u.setSelect({ left: 0, top: 0, width: 0, height: 0 }, false);
            u.setScale("x", { min, max });
          },
        ],
        ready: [
          (u) => {
            u.over.append(part);
            let pressed = 0;
            u.over.addEventListener("mousedown", (event) => (pressed = event.clientX));
            u.over.addEventListener("click", (event) => {
              if (Math.abs(event.clientX - pressed) < 4) {
                const { left } = u.over.getBoundingClientRect();
                onPick(u.posToVal(event.clientX - left, "x"));
              }
            });
          },
        ],
      },
    },
    [
      [0, signal.duration],
      [0, largest],
    ],
    box,
  );
  plot.batch(() => {
    plot.setScale("x", all);
    plot.setScale("y", { min: 0, max: 1.05 * largest });
  });
  new ResizeObserver(() => {
    if (plot.width !== width()) plot.setSize({ width: width(), height: 240 });
  }).observe(box);
  skecg.onTheme(() => plot.redraw());
  return {
    mark: (start, seconds) => {
      shown = { start, seconds };
      place(plot);
    },
  };
};
