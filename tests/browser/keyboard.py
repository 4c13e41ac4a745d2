"""A person without a mouse: moves by Tab, and sees at every step where the focus is."""

from playwright.sync_api import Page, TimeoutError

# What somebody who looks for the focus sees: the focused thing, or the words of the label around a small box.
FOCUS = """() => {
  const focused = document.activeElement;
  if (!focused || focused === document.body) return {what: 'nothing', wrong: []};
  const label = focused.matches('[type=radio], [type=checkbox]') ? focused.closest('label') : null;
  const ringed = (e) => {
    const {outlineStyle, outlineWidth, boxShadow} = getComputedStyle(e);
    return (outlineStyle !== 'none' && parseFloat(outlineWidth) >= 2) || boxShadow !== 'none';
  };
  const target = label && !ringed(focused) ? label : focused, box = target.getBoundingClientRect(), wrong = [];
  const editor = focused.closest('[data-field-input], .w-field__input, .Draftail-Editor');
  if (![focused, label, editor].filter(Boolean).some(ringed)) wrong.push('no ring');
  const whole = box.top >= -1 && box.bottom <= innerHeight + 1, larger = box.height >= innerHeight / 2;
  if (box.bottom <= 0 || box.top >= innerHeight || !(whole || larger))
    wrong.push(`outside the screen: ${Math.round(box.top)} to ${Math.round(box.bottom)} of ${innerHeight}`);
  // Where a link wraps, the middle of its box may be empty: the middle of the first line counts.
  const line = target.getClientRects()[0] ?? box;
  const middle = Math.min(line.top + line.height / 2, innerHeight - 1);
  const there = document.elementFromPoint(line.left + line.width / 2, middle);
  const isItself = !there || target.contains(there) || there.contains(focused) ||
    there.closest('label')?.control === focused;
  if (!isItself) wrong.push(`covered by ${there.outerHTML.slice(0, 80)}`);
  return {what: focused.outerHTML.slice(0, 100), wrong};
}"""


_GO_ON = "#w-save-confirmation-dialog [data-w-dialog-target=confirm]"


class NotReached(AssertionError):
    """Tab by Tab the focus went past everything, and not to what was looked for."""


class Keyboard:
    def __init__(self, page: Page):
        self.page = page

    def press(self, key: str) -> None:
        self.page.keyboard.press(key)

    def type(self, words: str) -> None:
        """Types over what the field holds; the field must have the focus."""
        self.page.keyboard.press("ControlOrMeta+a")
        self.page.keyboard.type(words)

    def to(self, selector: str, *, most: int = 150, backwards: bool = False) -> None:
        """Tab by Tab to ``selector``; at each step the focus is visible, on the screen and covered by nothing."""
        for _step in range(most):
            if self.is_on(selector):
                return
            self.press("Shift+Tab" if backwards else "Tab")
            self.sees_the_focus()
        raise NotReached(f"{most} times Tab do not lead to {selector}; now on {self.focus()['what']}")

    def is_on(self, selector: str) -> bool:
        return self.page.evaluate("(selector) => document.activeElement?.matches(selector) ?? false", selector)

    def focus(self) -> dict:
        return self.page.evaluate(FOCUS)

    def sees_the_focus(self) -> None:
        """Soon, that is: some pages glide to what has the focus."""
        for _moment in range(10):
            if not (focus := self.focus())["wrong"]:
                return
            self.page.wait_for_timeout(100)
        raise AssertionError(f"{focus['what']}: {focus['wrong']} on {self.page.url}")

    def go(self, selector: str, **options) -> None:
        """To a link or button, and the page it leads to."""
        self.to(selector, **options)
        self.follow()

    def follow(self, **options) -> None:
        """Enter, and the page it leads to."""
        with self.page.expect_navigation(**options):
            self.press("Enter")
        self.page.wait_for_load_state()

    def choose(self, selector: str) -> None:
        """A button of the bar at the foot of the CMS's forms, and the page it leads to; some are in that bar's menu.

        The CMS saves a draft by itself soon after a change, and then puts that bar there anew: its menu closes and the
        focus is gone, whenever that comes. Who it happens to goes there again, as often as drafts can be saved here.
        Where that draft came after the page was loaded, the CMS asks whether to go on, and the answer is yes.
        """
        for last in (False, False, True):
            try:
                self._reach_in_the_bar(selector)
                self.follow(timeout=20_000)
                break
            except (NotReached, TimeoutError):
                if self.page.locator(_GO_ON).is_visible():
                    self.go(_GO_ON)
                    break
                if last:
                    raise
        self.page.wait_for_load_state("networkidle")

    def _reach_in_the_bar(self, selector: str) -> None:
        button = self.page.locator(selector).first
        button.wait_for(state="attached")
        if button.is_visible():
            self.to(selector, most=200, backwards=True)
        else:
            self.to("footer [data-w-dropdown-target=toggle]", most=200, backwards=True)
            self.press("Enter")
            button.wait_for(state="visible")
            self.to(selector)

    def fill(self, selector: str, words: str) -> None:
        self.to(selector)
        self.type(words)
