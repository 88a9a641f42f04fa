// The model's classification of a group. Adds to the object `skecg`:
//   answerBadge(label, text)   a letter on the colour of its class, or on none
//   guessOf(data)   data: those that `review_page` of skecg/review/_review_page.py
//     embeds. Returns
//     of(node)          elements: a table of the classes, and the intervals
//     intervals(node)   the intervals beside the beat of a group, as a sentence
"use strict";

skecg.answerBadge = (label, text) => {
  const kind = label.length === 1 && "NSVFQ".includes(label) ? label : "other";
  return skecg.element("span", { class: `badge badge-${kind}` }, text);
};

skecg.guessOf = (data) => {
  const { element } = skecg;
  const { nodes } = data.session;
  const count = (n) => n.toLocaleString("en");

  const of = (node) => {
    const rows = [..."NSVFQ"].filter(
      (letter) => nodes[node].counts[letter] || data.classes.includes(letter),
    );
    const number = (value) => (value === undefined ? "" : value.toFixed(2));
    const body = rows.map((letter) => {
      const column = data.classes.indexOf(letter);
      const mean = data.mean_probabilities[node][column];
      const bar = element("progress", {
        class: "review-share",
        max: 1,
        value: mean ?? 0,
        "aria-label": `Mean probability of ${letter}`,
      });
      return element(
        "tr",
        {},
        element("th", { scope: "row" }, skecg.answerBadge(letter, letter)),
        element("td", { class: "number" }, count(nodes[node].counts[letter] ?? 0)),
        element("td", { class: "number" }, number(mean)),
        element("td", {}, bar),
        element(
          "td",
          { class: "number" },
          number(data.medoid_probabilities[node][column]),
        ),
      );
    });
    const heads = ["Class", "Beats", "Mean probability", "", "This beat"];
    const spans = [1, 1, 2, 0, 1];
    return [
      element(
        "table",
        {},
        element("caption", {}, "The model's classification of this group and beat"),
        element(
          "thead",
          {},
          element(
            "tr",
            {},
            ...heads.flatMap((text, i) =>
              spans[i]
                ? [element("th", { scope: "col", colspan: spans[i] }, text)]
                : [],
            ),
          ),
        ),
        element("tbody", {}, ...body),
      ),
      element("p", { class: "muted" }, intervals(node)),
    ];
  };

  const intervals = (node) => {
    const [before, after, usual] = data.intervals[node];
    const seconds = (value) => (value === null ? "unknown" : `${value.toFixed(2)} s`);
    return (
      `Interval before this beat ${seconds(before)}, after it ${seconds(after)}; ` +
      `the usual interval around it is ${seconds(usual)}.`
    );
  };

  return { of, intervals };
};
