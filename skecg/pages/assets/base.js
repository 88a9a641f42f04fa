// Functions shared by all pages. Adds to the object `skecg`:
//   data()                      the data of the page, parsed once
//   decode(text, type)          base64 as Int16Array ("int16") or Int32Array ("int32")
//   clock(seconds, digits)      text such as 1:02:03, with this number of decimals
//   timeOfDay(start, seconds)   the time of day of a recording that starts at `start`
//                               (ISO 8601 or null), or ""
//   element(tag, attributes, ...children)  an element; strings become text nodes
//   color(name)                 a colour of page.css, such as color("--ink")
//   onTheme(redraw)             calls redraw when the colour scheme changes
"use strict";
globalThis.skecg = {};

(() => {
  let parsed = null;
  skecg.data = () => {
    if (parsed === null) {
      parsed = JSON.parse(document.getElementById("data").textContent);
    }
    return parsed;
  };

  // Of this machine, because the bytes of the page are always little-endian.
  const isLittleEndian = new Uint8Array(new Uint16Array([1]).buffer)[0] === 1;

  skecg.decode = (text, type) => {
    const characters = atob(text);
    const bytes = new Uint8Array(characters.length);
    for (let i = 0; i < bytes.length; i++) bytes[i] = characters.charCodeAt(i);
    const Values = type === "int16" ? Int16Array : Int32Array;
    if (isLittleEndian) return new Values(bytes.buffer);
    const view = new DataView(bytes.buffer);
    const size = Values.BYTES_PER_ELEMENT;
    const values = new Values(bytes.length / size);
    for (let i = 0; i < values.length; i++) {
      values[i] = size === 2 ? view.getInt16(2 * i, true) : view.getInt32(4 * i, true);
    }
    return values;
  };

  const two = (number) => String(number).padStart(2, "0");

  skecg.clock = (seconds, digits = 0) => {
    const units = Math.round(Math.abs(seconds) * 10 ** digits);
    const whole = Math.floor(units / 10 ** digits);
    const rest = units - whole * 10 ** digits;
    const point = digits ? `.${String(rest).padStart(digits, "0")}` : "";
    const minutes = Math.floor(whole / 60);
    return `${Math.floor(minutes / 60)}:${two(minutes % 60)}:${two(whole % 60)}${point}`;
  };

  skecg.timeOfDay = (start, seconds) => {
    const parts = /T(\d\d):(\d\d):(\d\d(?:\.\d+)?)/.exec(start ?? "");
    if (!parts) return "";
    const [hours, minutes, rest] = parts.slice(1).map(Number);
    const total = Math.floor(hours * 3600 + minutes * 60 + rest + seconds) % 86400;
    return skecg.clock(total).padStart(8, "0");
  };

  skecg.element = (tag, attributes = {}, ...children) => {
    const made = document.createElement(tag);
    for (const [name, value] of Object.entries(attributes)) {
      if (value !== null && value !== false) {
        made.setAttribute(name, value === true ? "" : value);
      }
    }
    made.append(...children);
    return made;
  };

  skecg.color = (name) =>
    getComputedStyle(document.documentElement).getPropertyValue(name).trim();

  skecg.onTheme = (redraw) =>
    matchMedia("(prefers-color-scheme: dark)").addEventListener("change", redraw);
})();
