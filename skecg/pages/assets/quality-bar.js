// The quality of the signal over the recording, as a bar. Adds to the object `skecg`:
//   createQualityBar(container, quality, duration, onPick)
//     quality   seconds (the width of a bin), and for each bin the shares unreadable and
//               partial
//     onPick    called with the clicked time in seconds
// Poorer quality is drawn higher, so that it is distinguishable without colours.
"use strict";

skecg.createQualityBar = (container, quality, duration, onPick) =>
  skecg.fitted(container, (width) =>
    skecg.qualityBar(width, quality, duration, onPick),
  );

skecg.qualityBar = (total, quality, duration, onPick) => {
  const { svg } = skecg;
  const [left, wide, high] = [56, total - 84, 36];
  const parts = [
    svg("rect", { class: "fill-good", x: left, y: high - 6, width: wide, height: 6 }),
  ];
  const width = (wide * quality.seconds) / duration;
  const add = (i, share, key) => {
    if (!share) return;
    const tall = 6 + share * (high - 6);
    parts.push(
      svg("rect", {
        class: `fill-${key}`,
        x: left + i * width,
        y: high - tall,
        width: Math.max(1.5, Math.min(width, wide - i * width)),
        height: tall,
      }),
    );
  };
  quality.partial.forEach((share, i) => add(i, share / 2, "partial"));
  quality.unreadable.forEach((share, i) => add(i, share, "bad"));
  const label = "Signal quality over the recording. The text below states the minutes.";
  const drawing = skecg.drawing(total, high + 4, label, ...parts);
  drawing.addEventListener("click", (event) => {
    const box = drawing.getBoundingClientRect();
    const x = ((event.clientX - box.left) / box.width) * total - left;
    onPick(Math.max(0, Math.min(1, x / wide)) * duration);
  });
  return [
    drawing,
    skecg.legend(
      ["good", "all leads readable"],
      ["partial", "some leads readable (share of beats)"],
      ["bad", "no lead readable (share of time)"],
    ),
  ];
};
