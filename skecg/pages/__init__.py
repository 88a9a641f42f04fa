"""HTML pages in a single file, which open from disk without a network.

This package has no public names. Other packages build their pages with these modules:

==================  ==============================================================
module              contents
==================  ==============================================================
``_page``           `build_page`: a page of a body, styles, scripts and data
``_strip``          `strip_data`: the data of the strip viewer ``assets/strip.js``
``_envelope``       minimum and maximum of each lead in bins
``_encoding``       arrays of integers as base64
==================  ==============================================================

The scripts in ``assets`` are plain ES2020. Each adds its functions to one object,
``skecg``, and its first comment states them:

===================  =============================================================
file                 contents
===================  =============================================================
``base.js``          ``skecg.data()``, decoding, clock times, building elements
``signal.js``        ``skecg.signalOf``: the samples to draw for a part of time
``strip.js``         ``skecg.createStrip``: the strip viewer
``svg.js``           ``skecg.svg``, ``drawing``, ``legend``: drawings as SVG
``page.css``         the style of all pages, with light and dark colours
``uPlot-*``          uPlot 1.6.32 by Leon Sorokin (MIT), unchanged; draws lines
===================  =============================================================

`build_page` puts uPlot, ``base.js``, ``signal.js``, ``strip.js`` and ``page.css`` on
each page. The other files are those of the report (`skecg.annotation.report`).
"""

__all__: list[str] = []
