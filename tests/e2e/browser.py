"""A page as a reader sees it: headless Chromium, at a width, in light or dark. What is measured is asked of the page itself."""

import html
import json
import re
import shutil
import subprocess

import pytest

# In a frame of the width that is asked for, for a window has a least width of its own.
FRAME = """<!doctype html><meta charset="utf-8"><body style="margin:0"><iframe id="page" style="border:0;width:{width}px;height:4000px"
srcdoc="{source}"></iframe><script>
const luminance = ([r, g, b]) => {{
  const part = value => (value /= 255) <= 0.03928 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
  return 0.2126 * part(r) + 0.7152 * part(g) + 0.0722 * part(b);
}};
const colour = text => text.match(/[\\d.]+/g).map(Number);
document.getElementById("page").onload = event => {{
  const inner = event.target.contentDocument, view = event.target.contentWindow;
  const behind = node => {{
    for (let at = node; at; at = at.parentElement) {{
      const found = colour(view.getComputedStyle(at).backgroundColor);
      if (found.length < 4 || found[3] > 0) return found;
    }}
    return [255, 255, 255];
  }};
  let worst = {{contrast: 99}};
  for (const node of inner.querySelectorAll("body *")) {{
    const own = [...node.childNodes].some(child => child.nodeType === 3 && child.textContent.trim());
    if (!own || node.tagName === "title") continue;
    const style = view.getComputedStyle(node);
    const [a, b] = [colour(node.tagName === "text" ? style.fill : style.color), behind(node)].map(luminance);
    const contrast = (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
    if (contrast < worst.contrast) worst = {{contrast, text: node.textContent.slice(0, 40)}};
  }}
  const bars = {{}}, figures = {{}};
  for (const section of inner.querySelectorAll("section")) {{
    bars[section.id] = [...section.querySelectorAll("rect[data-start]")].map(bar => [bar.dataset.start, bar.dataset.value]);
    figures[section.id] = Object.fromEntries([...section.querySelectorAll("b[data-number]")].map(one => [one.dataset.number, one.dataset.value]));
  }}
  const seen = {{scrollWidth: inner.documentElement.scrollWidth, worst, bars, figures}};
  document.body.dataset.seen = JSON.stringify(seen);
}};
</script>"""


class Browser:
    """Chromium, with a folder for what it draws."""

    def __init__(self, folder):
        self.folder = folder
        self.program = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
        if self.program is None:
            pytest.fail("there is no Chromium: apt-get install chromium")

    def look(self, page, width, scheme):
        """What a page comes to; its picture is left beside it."""
        frame = self.folder / f"{width}-{scheme}.html"
        frame.write_text(FRAME.format(width=width, source=html.escape(page.read_text(), quote=True)))
        options = ["--headless", "--no-sandbox", "--disable-gpu", f"--window-size={max(width, 600)},4000"]
        options.append(f"--blink-settings=preferredColorScheme={0 if scheme == 'dark' else 1}")
        picture = self.folder / f"{width}-{scheme}.png"
        for work in ("--dump-dom", f"--screenshot={picture}"):
            command = [self.program, *options, work, "--virtual-time-budget=3000", frame.as_uri()]
            done = subprocess.run(command, capture_output=True, text=True, timeout=60)
            if work == "--dump-dom":
                found = re.search(r'data-seen="(.*?)"', done.stdout)
                assert found, done.stderr[-500:]
                seen = json.loads(html.unescape(found[1]))
        return seen
