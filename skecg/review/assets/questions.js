// The rule that chooses questions from the tree of groups and the answers. It is the same
// as `standing` of skecg/review/_procedure.py. Adds to the object `skecg`:
//   standing(nodes, answers)   nodes as in the data; answers: a Map from the number of a
//     group to its answer. Returns
//     inForce      a Map from each group of the front to the answer in force, or "model"
//     candidates   the groups of possible next questions, by descending priority
"use strict";

skecg.standing = (nodes, answers) => {
  const MODEL = "model";
  const inForce = new Map();
  const open = [];
  const stack = nodes.length ? [[0, MODEL, false]] : [];
  while (stack.length) {
    let [number, label, isKnown] = stack.pop();
    const node = nodes[number];
    const answer = answers.get(number);
    if (answer === undefined && !isKnown) {
      open.push([node.priorities[label], number]);
    } else if (answer === "split") {
      isKnown = false;
    } else if (answer !== undefined) {
      label = answer === "?" ? MODEL : answer;
      isKnown = true;
    }
    if ((answer === undefined && !isKnown) || !node.children.length) {
      inForce.set(number, label);
    } else {
      const [first, second] = node.children;
      stack.push([second, label, false], [first, label, isKnown]);
    }
  }
  open.sort((a, b) => b[0] - a[0] || a[1] - b[1]);
  return { inForce, candidates: open.map(([, number]) => number) };
};
