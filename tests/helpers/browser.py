"""Headless Chromium for tests of pages, driven by Playwright."""

import os
import shutil
from contextlib import contextmanager
from pathlib import Path

import pytest

_NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")


def find_chromium():
    """Return the path of an installed browser, or None. Downloads nothing."""
    return next(filter(None, map(shutil.which, _NAMES)), None)


@contextmanager
def running_chromium():
    """Start Chromium, or skip the test."""
    reason = "playwright is not installed"
    sync_api = pytest.importorskip("playwright.sync_api", reason=reason)
    program = find_chromium()
    if program is None:
        pytest.skip("Chromium is not installed (apt-get install chromium)")
    # Chromium's sandbox does not work for root, which CI uses.
    is_root = hasattr(os, "geteuid") and os.geteuid() == 0
    with sync_api.sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=program, args=["--no-sandbox"] if is_root else []
        )
        yield browser
        browser.close()


class Pages:
    """Pages that are opened from disk, and their problems.

    Parameters
    ----------
    browser : Browser
        Playwright's browser.
    """

    def __init__(self, browser):
        self._browser = browser
        self._contexts = []
        self.problems = []

    def open(self, path, *, width=1280, height=900, dark=False):
        """Open a file in a new window, and return Playwright's page."""
        context = self._browser.new_context(
            viewport={"width": width, "height": height},
            color_scheme="dark" if dark else "light",
            reduced_motion="reduce",
        )
        self._contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(60_000)
        page.on("console", self._note_console)
        page.on("pageerror", lambda error: self.problems.append(f"error: {error}"))
        page.on("request", self._note_request)
        page.goto(Path(path).resolve().as_uri())
        return page

    def close(self):
        for context in self._contexts:
            context.close()

    def _note_console(self, message):
        if message.type in ("error", "warning"):
            self.problems.append(f"console: {message.text}")

    def _note_request(self, request):
        if not request.url.startswith(("file:", "data:", "blob:")):
            self.problems.append(f"request: {request.url}")


def accessibility_faults(page, *rules):
    """Return the violations that axe-core finds: rule, help and elements.

    Without `rules`, all default rules are checked.
    """
    axe = pytest.importorskip("axe_playwright_python.base")
    # The page's content security policy blocks added scripts, so axe is evaluated.
    page.evaluate(axe.AXE_FILE_PATH.read_text(encoding="utf-8"))
    options = {"resultTypes": ["violations"]}
    if rules:
        options["runOnly"] = {"type": "rule", "values": list(rules)}
    found = page.evaluate("(options) => axe.run(options)", options)
    return [
        f"{fault['id']}: {fault['help']}: {[node['html'] for node in fault['nodes']]}"
        for fault in found["violations"]
    ]
