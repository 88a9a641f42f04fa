// Average shapes of groups and classes. Adds to the object `skecg`:
//   shapesOf(data)   data: those that `review_page` of skecg/review/_review_page.py
//     embeds. Returns
//     ofGroup(node)              the shape of a group: {n, timing, mean, spread}; the
//                                last two contain an array of millivolts for each lead,
//                                and timing is the mean interval before the beats,
//                                relative to the usual interval around them
//     ofClasses(standing, node)  a Map from each class to its shape, without the beats
//                                of a group; standing: the result of skecg.standing
//     likeness(a, b)             the correlation of two shapes over all leads
//     draw(shape, options)       an SVG element; options: other (a shape to draw dashed),
//                                letter (the class that sets its colour), range, label
//     rangeOf(shapes)            [low, high] of each lead, for draw; the first shape
//                                is drawn with its spread
"use strict";

skecg.shapesOf = (data) => {
  const { shapes, session } = data;
  const { nodes } = session;
  const { times, leads, steps, entries } = shapes;
  const codes = skecg.decode(shapes.values, "int16");
  const size = leads.length * 2 * times.length;

  // The entries of each leaf, and the leaves of each group in the order of the tree.
  const entriesOf = nodes.map(() => []);
  entries.forEach(([leaf], i) => entriesOf[leaf].push(i));
  const leavesOf = (node) => {
    const found = [];
    const stack = [node];
    while (stack.length) {
      const top = stack.pop();
      if (nodes[top].children.length) stack.push(...nodes[top].children);
      else found.push(top);
    }
    return found;
  };

  const emptySum = () => ({
    n: 0,
    logs: 0,
    total: leads.map(() => new Float64Array(times.length)),
    squares: leads.map(() => new Float64Array(times.length)),
  });

  const add = (sum, i) => {
    const n = entries[i][2];
    sum.n += n;
    sum.logs += n * entries[i][3];
    leads.forEach((_, lead) => {
      const at = i * size + lead * 2 * times.length;
      const unit = steps[lead] / 1000;
      for (let t = 0; t < times.length; t++) {
        const mean = codes[at + t] * unit;
        const deviation = codes[at + times.length + t] * unit;
        sum.total[lead][t] += n * mean;
        sum.squares[lead][t] += n * (mean * mean + deviation * deviation);
      }
    });
  };

  const shapeOf = ({ n, logs, total, squares }) => {
    const mean = total.map((lead) => lead.map((value) => value / n));
    const spread = squares.map((lead, k) =>
      lead.map((value, t) => Math.sqrt(Math.max(0, value / n - mean[k][t] ** 2))),
    );
    return { n, timing: Math.exp(logs / n), mean, spread };
  };

  const ofGroup = (node) => {
    const sum = emptySum();
    for (const leaf of leavesOf(node)) entriesOf[leaf].forEach((i) => add(sum, i));
    return shapeOf(sum);
  };

  // Beats have the class of the answer to their group, or, without an answer, of the
  // model.
  const ofClasses = ({ inForce, candidates }, node) => {
    const unseen = new Set(candidates);
    const mine = new Set(leavesOf(node));
    const sums = new Map([..."NSVFQ"].map((letter) => [letter, emptySum()]));
    for (const [group, label] of inForce) {
      for (const leaf of leavesOf(group)) {
        if (mine.has(leaf)) continue;
        for (const i of entriesOf[leaf]) {
          const isModel = label === "model" || unseen.has(group);
          const sum = sums.get(isModel ? entries[i][1] : label);
          if (sum) add(sum, i);
        }
      }
    }
    const found = [...sums].filter(([, sum]) => sum.n);
    return new Map(found.map(([letter, sum]) => [letter, shapeOf(sum)]));
  };

  const likeness = (a, b) => {
    let [ab, aa, bb] = [0, 0, 0];
    a.mean.forEach((lead, k) => {
      const middle = (x) => x.reduce((sum, value) => sum + value, 0) / x.length;
      const [middleA, middleB] = [middle(lead), middle(b.mean[k])];
      lead.forEach((value, t) => {
        const [x, y] = [value - middleA, b.mean[k][t] - middleB];
        ab += x * y;
        aa += x * x;
        bb += y * y;
      });
    });
    return aa && bb ? ab / Math.sqrt(aa * bb) : 0;
  };

  const rangeOf = (all) =>
    leads.map((_, lead) => {
      const values = all.flatMap(({ mean, spread }, i) =>
        // The first shape is drawn with its spread.
        [...mean[lead]].flatMap((v, t) =>
          i ? [v] : [v - spread[lead][t], v + spread[lead][t]],
        ),
      );
      const [low, high] = [Math.min(...values), Math.max(...values)];
      const margin = Math.max(0.1, 0.05 * (high - low));
      return [low - margin, high + margin];
    });

  const WIDTH = 160;
  const HEIGHT = 90; // of each lead
  const draw = (shape, { other, letter, range, label }) => {
    const make = (tag, attributes) => {
      const made = document.createElementNS("http://www.w3.org/2000/svg", tag);
      Object.entries(attributes).forEach(([key, value]) =>
        made.setAttribute(key, value),
      );
      return made;
    };
    const box = `0 0 ${WIDTH} ${HEIGHT * leads.length}`;
    const svg = make("svg", { viewBox: box, role: "img", "aria-label": label });
    const x = (t) => (WIDTH * (times[t] - times[0])) / (times.at(-1) - times[0]);
    leads.forEach((name, lead) => {
      const [low, high] = range[lead];
      const y = (value) =>
        HEIGHT * (lead + (high - Math.min(high, Math.max(low, value))) / (high - low));
      const path = (values) => {
        const points = Array.from(
          values,
          (v, t) => `${x(t).toFixed(1)} ${y(v).toFixed(1)}`,
        );
        return `M${points.join("L")}`;
      };
      const at = (WIDTH * -times[0]) / (times.at(-1) - times[0]);
      const ends = `M${at} ${HEIGHT * lead + 4}V${HEIGHT * (lead + 1) - 4}`;
      svg.append(make("path", { d: ends, class: "shape-zero" }));
      if (!letter) {
        const upper = shape.mean[lead].map((v, t) => v + shape.spread[lead][t]);
        const lower = shape.mean[lead].map((v, t) => v - shape.spread[lead][t]);
        const back = Array.from(
          lower,
          (v, t) => `${x(t).toFixed(1)} ${y(v).toFixed(1)}`,
        );
        const band = `${path(upper)}L${back.reverse().join("L")}Z`;
        svg.append(make("path", { d: band, class: "shape-band" }));
      }
      const kind = letter ? `shape-other stroke-${letter}` : "shape-mean";
      svg.append(make("path", { d: path(shape.mean[lead]), class: kind }));
      if (other) {
        const dashed = "shape-mean shape-dashed";
        svg.append(make("path", { d: path(other.mean[lead]), class: dashed }));
      }
      const text = make("text", { x: 2, y: HEIGHT * lead + 12, class: "shape-lead" });
      text.textContent = name;
      svg.append(text);
    });
    return svg;
  };

  return { ofGroup, ofClasses, likeness, draw, rangeOf };
};
