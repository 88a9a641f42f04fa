// Drawings as SVG. Adds to the object `skecg`:
//   svg(tag, attributes, ...children)   an SVG element
//   drawing(width, height, label, ...children)   a picture with a text alternative
//   legend(...pairs)   a row of [key, text]; key-<key> of report.css is the colour
//   fitted(container, draw)   calls draw(width) now and after each change of the
//                container's width, and shows the elements that it returns
"use strict";

skecg.svg = (tag, attributes = {}, ...children) => {
  const made = document.createElementNS("http://www.w3.org/2000/svg", tag);
  for (const [name, value] of Object.entries(attributes))
    made.setAttribute(name, value);
  made.append(...children);
  return made;
};

skecg.drawing = (width, height, label, ...children) =>
  skecg.svg(
    "svg",
    { viewBox: `0 0 ${width} ${height}`, role: "img", "aria-label": label },
    ...children,
  );

skecg.legend = (...pairs) =>
  skecg.element(
    "p",
    { class: "legend" },
    ...pairs.map(([key, text]) => skecg.element("span", { class: `key-${key}` }, text)),
  );

skecg.fitted = (container, draw) => {
  let last = 0;
  const update = () => {
    const width = Math.max(280, container.clientWidth);
    if (width === last) return;
    last = width;
    container.replaceChildren(...draw(width));
  };
  new ResizeObserver(update).observe(container);
  update();
};
