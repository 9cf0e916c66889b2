"""Open every page of the documentation's site in Chromium, without a network.

Usage::

    make docs-check
    python scripts/check_site.py SITE [--pictures OUT]

A page may load nothing from elsewhere, report no error, and be no wider than the window. With
OUT, a picture of each is taken on a desktop, in light, and on a phone, in dark.
"""

import argparse
import shutil
import sys
from pathlib import Path
from typing import Any

from playwright.sync_api import sync_playwright

DESKTOP, PHONE = {"width": 1280, "height": 900}, {"width": 390, "height": 844}
NOT_PAGES = {"_static", "_sources"}


def problems_of(page: Any, path: Path, address: str) -> list[str]:
    """Return what goes wrong on a page that is opened, and whether it is wider than the window."""
    problems: list[str] = []
    page.on("requestfailed", lambda request: problems.append(f"not loaded: {request.url}"))
    page.on(
        "request",
        lambda request: (
            request.url.startswith(("file:", "data:", "blob:", "about:"))
            or problems.append(f"from elsewhere: {request.url}")
        ),
    )
    page.on("pageerror", lambda error: problems.append(f"error: {error}"))
    page.on(
        "console",
        lambda said: said.type == "error" and problems.append(f"console: {said.text}"),
    )
    page.goto(address, wait_until="load")
    for picture in page.query_selector_all("img, iframe"):
        picture.scroll_into_view_if_needed()  # those that load when they are seen
    wide = page.evaluate("document.documentElement.scrollWidth - window.innerWidth")
    if wide > 0:
        problems.append(f"{wide} pixels wider than a window of {page.viewport_size['width']}")
    return [f"{path}: {problem}" for problem in problems]


def check(site: Path, browser: str, pictures: Path | None) -> list[str]:
    """Return the problems of all pages."""
    pages = [p for p in sorted(site.rglob("*.html")) if NOT_PAGES.isdisjoint(p.parts)]
    found: list[str] = []
    with sync_playwright() as run:
        started = run.chromium.launch(executable_path=browser)
        for name, size, scheme in (("desktop", DESKTOP, "light"), ("phone", PHONE, "dark")):
            context = started.new_context(
                viewport=size, color_scheme=scheme, offline=True, reduced_motion="reduce"
            )
            for path in pages:
                page = context.new_page()
                found += problems_of(page, path.relative_to(site), path.resolve().as_uri())
                if pictures:
                    title = "-".join(path.relative_to(site).with_suffix("").parts)
                    page.evaluate("window.scrollTo(0, 0)")
                    page.screenshot(path=pictures / f"{title}-{name}-{scheme}.png")
                page.close()
    print(f"{len(pages)} pages opened without a network: {len(found)} problems")
    return found


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("site", type=Path)
    parser.add_argument("--pictures", type=Path)
    paths = parser.parse_args()
    chromium = next(filter(None, map(shutil.which, ("chromium", "chromium-browser"))), None)
    if not chromium:
        print("Chromium is absent; the pages were not opened", file=sys.stderr)
        sys.exit(0)
    if paths.pictures:
        paths.pictures.mkdir(parents=True, exist_ok=True)
    sys.exit("\n".join(check(paths.site, chromium, paths.pictures)) or 0)
