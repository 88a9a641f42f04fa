// The V and S of each hour as bars. Adds to the object `skecg`:
//   createHourChart(container, hours, onPick)
//     hours     {V, S}: the beats of each hour from the start; first: the hour of the
//               day in which the recording starts, or null
//     onPick    called with the start of the clicked hour in seconds
// The page also contains these numbers in a table.
"use strict";

skecg.createHourChart = (container, hours, onPick) =>
  skecg.fitted(container, (width) => skecg.hourBars(width, hours, onPick));

skecg.hourBars = (total, hours, onPick) => {
  const { svg } = skecg;
  const n = hours.V.length;
  const [left, top, wide, high] = [56, 14, total - 84, 170];
  const most = Math.max(1, ...hours.V, ...hours.S);
  // 1, 2 or 5 times a power of ten, which gives at most five lines.
  const power = 10 ** Math.floor(Math.log10(most / 5));
  const step = Math.max(1, [1, 2, 5, 10].find((x) => most / (x * power) <= 5) * power);
  const highest = Math.ceil(most / step) * step;
  const y = (count) => top + high * (1 - count / highest);
  const parts = [];
  for (let count = 0; count <= highest; count += step) {
    parts.push(
      svg("line", {
        class: "grid",
        x1: left,
        x2: left + wide,
        y1: y(count),
        y2: y(count),
      }),
      svg(
        "text",
        { class: "muted-text", x: left - 8, y: y(count) + 4, "text-anchor": "end" },
        count.toLocaleString("en"),
      ),
    );
  }
  const slot = wide / n;
  const bar = Math.min(26, slot * 0.38);
  const every = Math.ceil(38 / slot);
  for (let hour = 0; hour < n; hour++) {
    const middle = left + (hour + 0.5) * slot;
    const counts = [
      ["V", middle - bar],
      ["S", middle],
    ];
    const group = svg(
      "g",
      {},
      svg("title", {}, `Hour ${hour}: ${hours.V[hour]} V, ${hours.S[hour]} S`),
    );
    group.append(
      svg("rect", {
        x: left + hour * slot,
        y: top,
        width: slot,
        height: high,
        fill: "transparent",
      }),
      ...counts.map(([letter, x]) =>
        svg("rect", {
          class: `fill-${letter}`,
          x,
          y: y(hours[letter][hour]),
          width: bar * 0.92,
          height: top + high - y(hours[letter][hour]),
        }),
      ),
    );
    group.addEventListener("click", () => onPick(hour * 3600));
    parts.push(group);
    if (hour % every === 0) {
      const name = hours.first === null ? hour : (hours.first + hour) % 24;
      parts.push(
        svg(
          "text",
          {
            class: "muted-text",
            x: middle,
            y: top + high + 18,
            "text-anchor": "middle",
          },
          `${name} h`,
        ),
      );
    }
  }
  parts.push(
    svg("line", { class: "axis", x1: left, x2: left + wide, y1: y(0), y2: y(0) }),
  );
  const label = "V and S beats of each hour, as bars. The table below contains the numbers.";
  return [
    skecg.drawing(total, 210, label, ...parts),
    skecg.legend(["V", "V (ventricular)"], ["S", "S (supraventricular)"]),
  ];
};
