// The page of a review: shows questions, reads answers from buttons and keys, stores them
// in this browser after each answer, and saves them to a file.
"use strict";

(async () => {
  const { element } = skecg;
  const data = skecg.data();
  const { session } = data;
  const { nodes } = session;
  const NAMES = {
    N: "Normal, or bundle branch block",
    S: "Supraventricular ectopic",
    V: "Ventricular ectopic",
    F: "Fusion of V and N",
    Q: "Paced, or unclassifiable",
    X: "No beat",
    split: "Split this group",
    "?": "I cannot tell",
  };
  // The letter of each answer.
  const KEYS = { N: "N", S: "S", V: "V", F: "F", Q: "Q", X: "X", split: "P", "?": "T" };
  const STRIP = 6; // seconds
  const at = (id) => document.getElementById(id);
  const count = (n) => n.toLocaleString("en");
  const beats = (n) => (n === 1 ? "1 beat" : `${count(n)} beats`);

  const answers = skecg.reviewAnswers(data);
  const shapes = skecg.shapesOf(data);
  const guess = skecg.guessOf(data);
  const signal = skecg.signalOf(data.strip);
  const strip = nodes.length
    ? skecg.createStrip(at("strip"), signal, { label: "Strip around the beat" })
    : null;
  const keptAs = `${session.recording} ${session.model}`;
  let shown = null; // the group on the page, or null after the last question
  let keeping = Promise.resolve();
  let isSafe = true;

  const badge = (label) => skecg.answerBadge(label, KEYS[label]);
  const timeOf = (node) => skecg.clock(nodes[node].sample / signal.fs, 1);

  // -- Answers ------------------------------------------------------------------------

  const keep = () => {
    const text = answers.text();
    const n = answers.asked().length;
    isSafe = false;
    at("saved").textContent = ""; // The file lacks this change.
    keeping = keeping.then(async () => {
      isSafe = await skecg.kept.write(keptAs, text);
      if (text !== answers.text()) return;
      at("kept").textContent = isSafe
        ? `Stored in this browser: ${n === 1 ? "1 answer" : `${n} answers`}. You can close ` +
          "this page and continue later."
        : "This browser cannot store answers. Save them before you close this page.";
    });
  };

  const give = (label) => {
    if (shown === null || isRefused(label)) return;
    answers.give(shown, label);
    keep();
    show(answers.next(), `Answered: ${NAMES[label]}. `);
  };

  const isRefused = (label) => label === "split" && !nodes[shown].children.length;

  const undo = () => {
    const node = answers.undo();
    if (node === null) return;
    keep();
    show(node, "Undone. ");
  };

  // -- Moves --------------------------------------------------------------------------

  const trail = () => {
    const next = answers.next();
    const asked = answers.asked().filter((node) => node !== next);
    return [...asked, next];
  };

  const step = (by) => {
    const places = trail();
    const place = places.indexOf(shown) + by;
    if (place >= 0 && place < places.length) show(places[place]);
  };

  const save = () => {
    const blob = new Blob([answers.text()], { type: "application/json" });
    const url = URL.createObjectURL(blob);
    const name = `${data.name}.answers.json`;
    const link = element("a", { href: url, download: name });
    link.click();
    setTimeout(() => URL.revokeObjectURL(url), 60000);
    isSafe = true;
    at("saved").textContent = `Saved as a download: ${name}`;
  };

  const say = (text) => {
    at("spoken").textContent = text;
  };

  // -- What is shown ------------------------------------------------------------------

  const showProgress = () => {
    const { answered, left } = answers.counts();
    const bar = at("progress");
    bar.max = Math.max(1, answered + left);
    bar.value = answered;
    at("progress-text").textContent =
      `${answered} of ${answered + left} questions answered, ${left} left`;
  };

  const showAnswered = () => {
    const asked = answers.asked();
    at("none").hidden = asked.length > 0;
    at("answered").replaceChildren(
      ...asked.map((node) => {
        const label = answers.labelOf(node);
        const button = element(
          "button",
          { type: "button", "aria-current": node === shown ? "true" : null },
          badge(label),
          ` ${NAMES[label]}: beat at ${timeOf(node)}, group of ${beats(nodes[node].n_beats)}`,
        );
        button.addEventListener("click", () => show(node));
        return element("li", {}, button);
      }),
    );
  };

  const showShapes = (node) => {
    const mine = shapes.ofGroup(node);
    const others = shapes.ofClasses(answers.standing(), node);
    const range = shapes.rangeOf([mine, ...others.values()]);
    const timing = (shape) => `interval ${shape.timing.toFixed(2)}`;
    const figure = (title, svg) =>
      element("figure", {}, svg, element("figcaption", {}, ...title));
    const panels = [...others].map(([letter, shape]) => {
      const like = shapes.likeness(mine, shape).toFixed(2);
      const label = `Average shape of ${letter}. Its correlation with this group is ${like}.`;
      return figure(
        [badge(letter), ` ${beats(shape.n)}, correlation ${like}, ${timing(shape)}`],
        shapes.draw(shape, { other: mine, letter, range, label }),
      );
    });
    const label = "Average shape of this group with its spread";
    at("shapes").replaceChildren(
      figure(
        [`This group: ${beats(mine.n)}, ${timing(mine)}`],
        shapes.draw(mine, { range, label }),
      ),
      ...panels,
    );
    const [first, last] = [data.shapes.times[0], data.shapes.times.at(-1)];
    at("shapes-text").textContent =
      `Means from ${-1000 * first} ms before the R peak to ${1000 * last} ms after it. ` +
      "The first panel is this group, with a band of one standard deviation. The others " +
      "are all other beats, by your answers or, where you have not answered, by the " +
      "model; the dashed line is this group. An interval below 1 means that the beats " +
      "are early: it is the mean interval before them, divided by the usual one.";
  };

  const showButtons = () => {
    const label = shown === null ? undefined : answers.labelOf(shown);
    for (const button of at("labels").children) {
      button.setAttribute("aria-pressed", String(button.dataset.label === label));
      button.disabled = shown !== null && isRefused(button.dataset.label);
    }
    const places = trail();
    const place = places.indexOf(shown);
    for (const button of document.querySelectorAll("[data-move]")) {
      const { move } = button.dataset;
      button.disabled =
        (move === "undo" && !answers.asked().length) ||
        (move === "previous" && place <= 0) ||
        (move === "next" && place >= places.length - 1);
    }
  };

  const show = (node, before = "") => {
    shown = node;
    const isEnd = node === null;
    const isOther = at("question").hidden !== isEnd;
    const hadFocus = ["question", "end"].some((id) =>
      at(id).contains(document.activeElement),
    );
    at("question").hidden = isEnd;
    at("end").hidden = !isEnd;
    showProgress();
    showAnswered();
    if (isEnd) {
      const n = answers.asked().length;
      at("end-title").textContent = n
        ? "All questions are answered"
        : "There are no questions about this recording";
      say(`${before}${at("end-title").textContent}. Save the answers.`);
    } else {
      showQuestion(node, before);
    }
    showButtons();
    // The button with the focus is hidden now.
    if (hadFocus && isOther) at(isEnd ? "end" : "question").focus();
  };

  const showQuestion = (node, before) => {
    const { answered, left } = answers.counts();
    const label = answers.labelOf(node);
    const number = answers.asked().filter((x) => answers.labelOf(x) !== "split");
    const place = label ? number.indexOf(node) + 1 : answered + 1;
    const which = place
      ? `Question ${place} of ${answered + left}`
      : "A group that is split";
    at("title").textContent = `${which}: which class is the beat at ${timeOf(node)}?`;
    const n = nodes[node].n_beats;
    at("question-text").textContent =
      (n === 1
        ? `It is the only beat of its group. The model calls it ${called(node)}.`
        : `It represents a group of ${beats(n)}. The model calls ${called(node)}.`) +
      (label ? ` Your answer: ${NAMES[label]}.` : "");
    at("question-hint").hidden = n === 1;
    at("guess").replaceChildren(...guess.of(node));
    showShapes(node);
    back();
    strip.highlight(nodes[node].sample);
    say(
      `${before}${at("title").textContent} ${at("question-text").textContent} ` +
        guess.intervals(node),
    );
  };

  // The classes that the model gives to a group, the most frequent one first.
  const called = (node) => {
    const classes = Object.entries(nodes[node].counts)
      .filter(([, n]) => n)
      .sort(([, a], [, b]) => b - a);
    if (nodes[node].n_beats === 1) return classes[0][0];
    if (classes.length === 1) return `all of them ${classes[0][0]}`;
    const parts = classes.map(
      ([letter, n], i) => `${count(n)} ${i ? "" : "of them "}${letter}`,
    );
    return `${parts.slice(0, -1).join(", ")} and ${parts.at(-1)}`;
  };

  const back = () => {
    if (shown !== null) strip.centre(nodes[shown].sample / signal.fs, STRIP);
  };

  const zoom = (factor) => {
    if (shown === null) return;
    const { start, seconds } = strip.view();
    strip.centre(start + seconds / 2, factor * seconds);
  };

  // -- Buttons and keys ---------------------------------------------------------------

  const moves = {
    undo: ["Undo", "U", undo],
    previous: ["Previous", "\u2190", () => step(-1)],
    next: ["Next", "\u2192", () => step(1)],
    back: ["Back to the beat", "B", back],
  };

  const moveButton = (move) => {
    const [name, sign, action] = moves[move];
    const key = element("kbd", {}, sign);
    const made = element(
      "button",
      { type: "button", "data-move": move },
      `${name} `,
      key,
    );
    made.addEventListener("click", action);
    return made;
  };

  at("labels").append(
    ...Object.entries(NAMES).map(([label, name]) => {
      const attributes = {
        type: "button",
        "data-label": label,
        "aria-pressed": "false",
      };
      const made = element(
        "button",
        attributes,
        badge(label),
        element("span", {}, name),
      );
      made.addEventListener("click", () => give(label));
      return made;
    }),
  );
  at("moves").append(...Object.keys(moves).map(moveButton));
  at("end-moves").append(moveButton("undo"), moveButton("previous"));
  at("keys").append(
    ...[
      ...Object.entries(NAMES).map(([label, name]) => [KEYS[label], name]),
      ...Object.values(moves).map(([name, sign]) => [sign, name]),
      ["+ \u2212", "Zoom the strip"],
      ["Ctrl S", "Save answers"],
    ].map(([key, name]) =>
      element(
        "div",
        {},
        element("dt", {}, element("kbd", {}, key)),
        element("dd", {}, name),
      ),
    ),
  );
  at("save").addEventListener("click", save);
  at("open").addEventListener("change", async () => {
    const [file] = at("open").files;
    if (!file) return;
    at("problem").textContent = answers.restore(await file.text());
    at("open").value = "";
    if (at("problem").textContent) return;
    keep();
    show(answers.next(), "The answers of the file are restored. ");
  });

  const byKey = new Map([
    ...Object.entries(KEYS).map(([label, key]) => [
      key.toLowerCase(),
      () => give(label),
    ]),
    ["?", () => give("?")],
    ["u", undo],
    ["b", back],
    ["+", () => zoom(0.5)],
    ["=", () => zoom(0.5)], // The key of + without Shift.
    ["-", () => zoom(2)],
    ["arrowleft", () => step(-1)],
    ["arrowright", () => step(1)],
  ]);

  document.addEventListener("keydown", (event) => {
    const key = event.key.toLowerCase();
    if ((event.ctrlKey || event.metaKey) && key === "s") {
      event.preventDefault();
      save();
      return;
    }
    const isOther = event.ctrlKey || event.metaKey || event.altKey || event.repeat;
    // Ignore keys that moved the strip or were used by a control.
    const isUsed =
      event.defaultPrevented || event.target.matches("input:not([type=checkbox])");
    if (isOther || isUsed || !at("letters").checked || !byKey.has(key)) return;
    event.preventDefault();
    byKey.get(key)();
  });

  window.addEventListener("beforeunload", (event) => {
    if (!isSafe) event.preventDefault();
  });

  at("about").textContent = data.about;
  at("command").textContent = data.command;
  const kept = await skecg.kept.read(keptAs);
  const isResumed =
    kept !== undefined && answers.restore(kept) === "" && answers.asked().length;
  if (isResumed)
    at("kept").textContent = "Continued from the answers stored in this browser.";
  show(answers.next(), isResumed ? "Continued. " : "");
  document.querySelector("main").setAttribute("aria-busy", "false");
})();
