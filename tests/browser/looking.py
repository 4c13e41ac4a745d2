"""Looks at an open page at each width: axe, sideways scrolling, room for fingers; keeps pictures where SHOTS says."""

import os
import re
from pathlib import Path

from axe_playwright_python.base import AXE_SCRIPT

WIDTHS = (360, 768, 1366)
PICTURES = os.environ.get("SHOTS")

# Buttons, form controls and links that stand alone (not within a sentence), which a finger must hit.
SMALL_TARGETS = """(root) => {
  const seen = (e) => e.checkVisibility({visibilityProperty: true}) && !e.closest('.visually-hidden, .skip-link');
  const alone = (a) => (a.closest('li, td, th, p, nav, div')?.innerText ?? '').trim() === a.innerText.trim();
  const small = [];
  const targets = 'button, summary, input:not([type=hidden]), select, textarea, a[href]';
  for (const e of document.querySelectorAll(`${root} :is(${targets})`)) {
    if (!seen(e) || e.disabled) continue;
    if (e.tagName === 'A' && !e.matches('.button, nav a, .card--link') && !alone(e)) continue;
    const box = (e.matches('[type=checkbox], [type=radio]') && e.closest('label') || e).getBoundingClientRect();
    if (box.width && (box.height < 43.5 || (e.tagName !== 'A' && box.width < 43.5)))
      small.push(`${Math.round(box.width)}x${Math.round(box.height)} ${e.outerHTML.slice(0, 90)}`);
  }
  return small;
}"""
AXE = """(about) => axe.run(about, {resultTypes: ['violations']}).then(({violations}) => violations.map(
  (found) => `${found.id}: ${found.nodes.map((node) => node.html.slice(0, 120)).join(' | ')}`))"""


def faults(page, name, *, widths=WIDTHS, about=None, targets="body") -> dict:
    """{(width, kind): what was found} for the page as it stands; {} is what every page should answer.

    ``about`` limits axe to a part of the page, ``targets`` says where fingers go; None leaves that out.
    """
    found = {}
    page.evaluate(AXE_SCRIPT)
    for width in widths:
        page.set_viewport_size({"width": width, "height": 800})
        if wrong := page.evaluate(AXE, about or {"include": ["html"]}):
            found[width, "axe"] = wrong
        if (needed := page.evaluate("document.documentElement.scrollWidth")) > width:
            found[width, "too wide"] = needed
        if width == WIDTHS[0] and targets and (small := page.evaluate(SMALL_TARGETS, targets)):
            found[width, "too small for a finger"] = small
        picture(page, name, width)
    return found


def picture(page, name, width):
    """A picture of the whole page, where somebody asked for pictures."""
    if PICTURES:
        folder = Path(PICTURES) / str(width)
        folder.mkdir(parents=True, exist_ok=True)
        page.screenshot(path=folder / f"{re.sub(r'[^a-z0-9]+', '-', name.lower())}.png", full_page=True)
