// The average shape of each class. Adds to the object `skecg`:
//   createShapes(container, shapes)
//     shapes   leads; times in seconds from the R peak; classes: letter, n, n_used, and
//              for each lead mean, low and high in millivolts
"use strict";

skecg.createShapes = (container, shapes) => {
  const { svg, element } = skecg;
  const { times, leads, classes } = shapes;
  const wide = 260;
  const first = times[0];
  const scale = wide / (times[times.length - 1] - first);
  const x = (time) => (time - first) * scale;
  const drawn = classes.filter((shape) => shape.n_used);
  const usual = drawn.find((shape) => shape.letter === "N");

  // The range of each lead over all classes, so that they share one scale.
  const ranges = leads.map((_, lead) => [
    Math.min(...drawn.flatMap((shape) => shape.low[lead])),
    Math.max(...drawn.flatMap((shape) => shape.high[lead])),
  ]);
  const total = ranges.reduce((sum, [low, high]) => sum + high - low + 0.2, 0);
  const unit = Math.min(90, Math.max(20, 300 / total)); // pixels per millivolt
  const path = (values, y) =>
    values
      .map(
        (value, i) =>
          `${i ? "L" : "M"}${x(times[i]).toFixed(1)} ${y(value).toFixed(1)}`,
      )
      .join("");

  const figure = (shape) => {
    const parts = [];
    let top = 16;
    leads.forEach((name, lead) => {
      const [low, high] = ranges[lead];
      const y = (value) => top + (high + 0.1 - value) * unit;
      const bottom = top + (high - low + 0.2) * unit;
      for (let time = -0.2; time < 0.45; time += 0.2) {
        parts.push(
          svg("line", { class: "grid", x1: x(time), x2: x(time), y1: top, y2: bottom }),
        );
      }
      for (let level = Math.ceil(low / 0.5) * 0.5; level <= high; level += 0.5) {
        parts.push(
          svg("line", { class: "grid", x1: 0, x2: wide, y1: y(level), y2: y(level) }),
        );
      }
      const back = [...shape.low[lead]].reverse();
      const ahead = path(shape.high[lead], y);
      const along = back
        .map(
          (value, i) =>
            `L${x(times[times.length - 1 - i]).toFixed(1)} ${y(value).toFixed(1)}`,
        )
        .join("");
      parts.push(
        svg("path", { class: `band fill-${shape.letter}`, d: `${ahead}${along}Z` }),
      );
      if (usual && usual !== shape) {
        parts.push(svg("path", { class: "usual", d: path(usual.mean[lead], y) }));
      }
      parts.push(svg("path", { class: "mean", d: path(shape.mean[lead], y) }));
      parts.push(svg("text", { class: "muted-text", x: 2, y: top + 10 }, name));
      top = bottom + 6;
    });
    const sizes = leads.map((name, lead) => {
      const size = Math.max(...shape.mean[lead]) - Math.min(...shape.mean[lead]);
      return `${name} ${size.toFixed(1)} mV`;
    });
    const label = `Average shape of ${shape.letter}; from lowest to highest: ${sizes.join(", ")}.`;
    return element(
      "figure",
      {},
      element("h3", {}, badge(shape.letter)),
      skecg.drawing(wide, Math.ceil(top), label, ...parts),
      element("figcaption", {}, `${caption(shape)} Height: ${sizes.join(", ")}.`),
    );
  };
  const badge = (letter) => element("span", { class: `badge badge-${letter}` }, letter);
  const caption = (shape) =>
    `${shape.n_used.toLocaleString("en")} of ${shape.n.toLocaleString("en")} beats.`;
  const empty = classes
    .filter((shape) => !shape.n_used)
    .map((shape) =>
      element(
        "p",
        {},
        badge(shape.letter),
        ` none of ${shape.n.toLocaleString("en")} beats can be averaged.`,
      ),
    );
  container.replaceChildren(
    element("div", { class: "shapes" }, ...drawn.map(figure)),
    ...empty,
    element("p", { class: "muted" }, "Grid: 0.2 s and 0.5 mV."),
  );
};
