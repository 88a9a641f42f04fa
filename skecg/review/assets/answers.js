// The answers of a review. Adds to the object `skecg`:
//   reviewAnswers(data)   data: those that `review_page` of skecg/review/_review_page.py
//     embeds. Returns
//     labelOf(node)         the answer to a group, or undefined
//     asked()               the groups that have an answer, in the order of the answers
//     next()                the group of the next question, or null after the last one
//     standing()            as skecg.standing
//     counts()              {answered, left}: numbers of questions; a split does not count
//     give(node, label)     adds or replaces an answer
//     undo()                reverts the last change; returns the group, or null
//     text()                the content of the answer file
//     restore(text)         restores the answers of such a text; returns "", or a
//                           sentence with the reason why it is refused
"use strict";

skecg.reviewAnswers = (data) => {
  const { session } = data;
  const { nodes } = session;
  let answers = new Map();
  let earlier = [];

  const standing = () => skecg.standing(nodes, answers);
  const answered = () => [...answers.values()].filter((x) => x !== "split").length;

  const next = () => {
    const { candidates } = standing();
    const isLeft = answered() < session.n_questions && candidates.length;
    return isLeft ? candidates[0] : null;
  };

  const give = (node, label) => {
    earlier.push([node, answers]);
    // Remove it first, so that a replaced answer becomes the last one.
    answers = new Map([...answers].filter(([key]) => key !== node)).set(node, label);
  };

  const undo = () => {
    if (earlier.length) {
      const [node, before] = earlier.pop();
      answers = before;
      return node;
    }
    // Restore the answers of an earlier visit.
    const last = [...answers.keys()].pop();
    if (last === undefined) return null;
    answers = new Map([...answers].slice(0, -1));
    return last;
  };

  const text = () => {
    const found = {
      format: session.format,
      recording: session.recording,
      model: session.model,
      n_questions: session.n_questions,
      answers: [...answers].map(([node, label]) => ({
        node,
        label,
        sample: nodes[node].sample,
        n_beats: nodes[node].n_beats,
      })),
      name: data.name,
      made_from: data.made_from,
    };
    return `${JSON.stringify(found, null, 1)}\n`;
  };

  const isAnswer = (entry) => {
    const node = nodes[entry?.node];
    return (
      node !== undefined &&
      session.labels.includes(entry.label) &&
      (entry.label !== "split" || node.children.length > 0) &&
      entry.sample === node.sample &&
      entry.n_beats === node.n_beats
    );
  };

  const restore = (given) => {
    let found;
    try {
      found = JSON.parse(given);
    } catch {
      return "This file is not valid JSON; open a file that this page has saved.";
    }
    if (found === null || !Array.isArray(found.answers)) {
      return "This file contains no answers; open a file that this page has saved.";
    }
    if (found.format !== session.format) {
      return "This file has another format; open it with the page that saved it.";
    }
    if (found.recording !== session.recording) {
      return `These answers are of another recording than ${data.name}; open its answers.`;
    }
    if (found.model !== session.model || !found.answers.every(isAnswer)) {
      return "These answers are for the groups of another model; open the page that saved them.";
    }
    answers = new Map(found.answers.map(({ node, label }) => [node, label]));
    earlier = [];
    return "";
  };

  return {
    labelOf: (node) => answers.get(node),
    asked: () => [...answers.keys()],
    next,
    standing,
    counts: () => {
      const done = answered();
      return { answered: done, left: next() === null ? 0 : session.n_questions - done };
    },
    give,
    undo,
    text,
    restore,
  };
};
