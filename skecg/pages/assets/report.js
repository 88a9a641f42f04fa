// The report: puts the strip, the table and the charts on the page. A click in any of
// them moves the strip.
"use strict";

(() => {
  const data = skecg.data();
  const place = (id) => document.getElementById(id);
  const signal = skecg.signalOf(data.strip);
  const onView = (view) => tachogram?.mark(view.start, view.seconds);
  let tachogram = null;
  const strip = skecg.createStrip(place("strip"), signal, {
    label: "Strip of the signal",
    seconds: 10,
    onView,
  });
  const show = (start, seconds) => {
    strip.show(start, seconds);
    place("strip").scrollIntoView({ block: "nearest" });
  };
  tachogram = skecg.createTachogram(
    place("tachogram"),
    signal,
    data.unknown_rr,
    (time) => show(time - 5, 10),
  );
  skecg.createQualityBar(place("quality"), data.quality, signal.duration, (time) =>
    show(time - 5, 10),
  );
  skecg.createHourChart(place("hours"), data.hours, (time) => show(time, 3600));
  skecg.createShapes(place("shapes"), data.shapes);
  skecg.createEventTable(data.events, data.strip.start, (event) => {
    const first = signal.firstBeat(event.onset - 0.001);
    strip.highlight(signal.beats.samples[first] ?? null);
    show(event.start, event.stop - event.start);
  });
  const whole = data.events.filter((event) => event.full);
  const opening = whole.find((event) => event.kind === "Run") ?? whole[0];
  if (opening) strip.show(opening.start, opening.stop - opening.start);
  else if (data.strip.parts.length)
    strip.show(data.strip.parts[0].first / signal.fs, 10);
  performance.mark("skecg-ready");
})();
