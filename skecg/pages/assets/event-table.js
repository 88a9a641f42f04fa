// The table of runs and rare beats. Adds to the object `skecg`:
//   createEventTable(events, start, onPick)   fills #event-table, and the filters
//     #class-filter and #kind-filter of the page
//     events   kind, letter ("" for pauses), onset, start, stop, detail, full
//     start    the start of the recording (ISO 8601), or null
//     onPick   called with the event of a row that was clicked or chosen with Enter
// The up and down arrow keys select a row.
"use strict";

skecg.createEventTable = (events, start, onPick) => {
  const { element } = skecg;
  const body = document.querySelector("#event-table tbody");
  const said = document.getElementById("shown-rows");
  const rows = events.map((event) => {
    const button = element("button", { type: "button" }, skecg.clock(event.onset, 1));
    button.setAttribute(
      "aria-label",
      `Show ${event.kind}${event.letter && ` of ${event.letter}`} at ${skecg.clock(event.onset, 1)}`,
    );
    const cells = [element("td", {}, button)];
    if (start !== null)
      cells.push(element("td", {}, skecg.timeOfDay(start, event.onset)));
    cells.push(
      element("td", {}, event.kind),
      element(
        "td",
        {},
        event.letter
          ? element("span", { class: `badge badge-${event.letter}` }, event.letter)
          : "",
      ),
      element("td", {}, event.detail),
      element("td", {}, event.full ? "full" : "min. and max."),
    );
    const row = element("tr", {}, ...cells);
    row.addEventListener("click", () => pick(event, row));
    return row;
  });
  body.replaceChildren(...rows);

  const pick = (event, row) => {
    body.querySelector("[aria-current]")?.removeAttribute("aria-current");
    row.setAttribute("aria-current", "true");
    onPick(event);
  };

  body.addEventListener("keydown", (event) => {
    const step = { ArrowUp: -1, ArrowDown: 1 }[event.key];
    if (!step || event.target.tagName !== "BUTTON") return;
    event.preventDefault();
    const shown = rows.filter((row) => !row.hidden);
    const at = shown.indexOf(event.target.closest("tr")) + step;
    shown[Math.max(0, Math.min(shown.length - 1, at))].querySelector("button").focus();
  });

  const filter = (id, key, names) => {
    const select = document.getElementById(id);
    select.append(
      element("option", { value: "" }, "All"),
      ...names.map((name) => {
        const n = events.filter((event) => event[key] === name).length;
        return element(
          "option",
          { value: name },
          `${name} (${n.toLocaleString("en")})`,
        );
      }),
    );
    select.addEventListener("change", update);
    return (event) => select.value === "" || event[key] === select.value;
  };
  const present = (key, names) =>
    names.filter((name) => events.some((event) => event[key] === name));
  const update = () => {
    let n = 0;
    events.forEach((event, i) => {
      rows[i].hidden = !filters.every((passes) => passes(event));
      if (!rows[i].hidden) n++;
    });
    said.textContent = `${n.toLocaleString("en")} of ${events.length.toLocaleString("en")} rows shown`;
  };
  const kinds = ["Run", "Couplet", "Bigeminy", "Trigeminy", "Pause", "Beat"];
  const filters = [
    filter("class-filter", "letter", present("letter", [..."SVFQ"])),
    filter("kind-filter", "kind", present("kind", kinds)),
  ];
  update();
};
