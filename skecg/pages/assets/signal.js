// The samples of a strip. Adds to the object `skecg`:
//   signalOf(data)   data: the result of `strip_data` of skecg/pages/_strip.py. Returns
//     fs, leads, duration, start
//     beats          {samples: Int32Array, classes: array of letters}
//     firstBeat(t)   the index of the first beat at or after a time
//     isFull(start, stop)   whether all samples of a time span are on the page
//     draw(start, stop, pixels)   {x, leads, coarse}: times in seconds, an array of
//                    millivolts for each lead (null in gaps), and the time spans
//                    [start, stop] that are drawn only from the envelope
"use strict";

skecg.signalOf = (data) => {
  const MISSING = -32768;
  const { fs, steps } = data;
  const parts = data.parts.map((part) => ({ ...part, last: part.first + part.n }));
  const beats = {
    samples: skecg.decode(data.beats.samples, "int32"),
    classes: Array.from(data.beats.classes),
  };
  const bins = data.envelope && {
    ...data.envelope,
    values: skecg.decode(data.envelope.values, "int16"),
  };

  // Decoded when they are first shown.
  const valuesOf = (part) => {
    if (typeof part.values === "string")
      part.values = skecg.decode(part.values, "int16");
    return part.values;
  };

  // The first of the sorted items whose key is at least a value.
  const search = (length, key, value) => {
    let low = 0;
    let high = length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (key(middle) < value) low = middle + 1;
      else high = middle;
    }
    return low;
  };

  const partAfter = (sample) => search(parts.length, (i) => parts[i].last, sample + 1);

  const appendSamples = (found, part, first, last) => {
    const values = valuesOf(part);
    for (let i = first; i < last; i++) {
      found.x.push(i / fs);
      steps.forEach((step, lead) => {
        const code = values[lead * part.n + i - part.first];
        found.leads[lead].push(code === MISSING ? null : (code * step) / 1000);
      });
    }
  };

  // Minimum and maximum of each bin, or of several bins if one is narrower than a pixel.
  const appendBins = (found, first, last, pixel) => {
    if (!bins) return;
    const group = Math.max(1, Math.ceil(pixel / bins.width));
    const start = Math.floor(first / bins.width / group) * group;
    const stop = Math.min(bins.n, Math.ceil(last / bins.width));
    for (let bin = start; bin < stop; bin += group) {
      const end = Math.min(bin + group, stop);
      // Draw a bar, which does not look like a wave.
      const left = Math.max(first, bin * bins.width) / fs;
      const right = Math.min(last, end * bins.width) / fs;
      found.x.push(left, left, right, right);
      steps.forEach((step, lead) => {
        let low = Infinity;
        let high = -Infinity;
        for (let i = 2 * (lead * bins.n + bin); i < 2 * (lead * bins.n + end); i += 2) {
          if (bins.values[i] === MISSING) continue;
          low = Math.min(low, bins.values[i]);
          high = Math.max(high, bins.values[i + 1]);
        }
        const isKnown = low <= high;
        const [bottom, top] = [low, high].map((code) =>
          isKnown ? (code * step) / 1000 : null,
        );
        found.leads[lead].push(bottom, top, top, bottom);
      });
    }
  };

  const appendGap = (found, sample) => {
    found.x.push(sample / fs);
    found.leads.forEach((lead) => lead.push(null));
  };

  const draw = (start, stop, pixels) => {
    const found = { x: [], leads: steps.map(() => []), coarse: [], isWide: false };
    const first = Math.max(0, Math.floor(start * fs));
    const last = Math.min(data.n_samples, Math.ceil(stop * fs));
    const pixel = (last - first) / pixels;
    if (bins && pixel >= bins.width) {
      appendBins(found, first, last, pixel);
      found.coarse.push([first / fs, last / fs]);
      found.isWide = true;
      return found;
    }
    let at = first;
    for (let i = partAfter(first); at < last; i++) {
      const next =
        i < parts.length ? Math.max(at, Math.min(parts[i].first, last)) : last;
      if (next > at) {
        // Do not connect samples and bins by a line.
        if (found.x.length) appendGap(found, at);
        appendBins(found, at, next, pixel);
        found.coarse.push([at / fs, next / fs]);
        at = next;
      }
      if (i >= parts.length || at >= last) break;
      if (found.x.length) appendGap(found, at);
      const end = Math.min(parts[i].last, last);
      appendSamples(found, parts[i], at, end);
      at = end;
    }
    return found;
  };

  return {
    fs,
    leads: data.leads,
    start: data.start,
    duration: data.n_samples / fs,
    beats,
    firstBeat: (time) =>
      search(beats.samples.length, (i) => beats.samples[i], time * fs),
    isFull: (start, stop) => {
      const part = parts[partAfter(Math.floor(start * fs))];
      return (
        part !== undefined &&
        part.first <= start * fs &&
        part.last >= Math.min(stop * fs, data.n_samples)
      );
    },
    draw,
  };
};
