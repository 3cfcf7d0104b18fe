"""Line charts as SVG, with logarithmic axes: for light and dark, for print, and for people who tell no colours apart."""

import html
import math

# In the order in which lines get them; the second of each is for dark paper. Neighbours differ in lightness too.
COLOURS = [
    ("#0550ae", "#79c0ff"), ("#bc4c00", "#ffa657"), ("#116329", "#56d364"), ("#8250df", "#d2a8ff"), ("#a40e26", "#ff7b72"),
    ("#0a7c86", "#39c5cf"), ("#7d4e00", "#e3b341"), ("#bf3989", "#ff9bce")]
WIDTH, HEIGHT = 760, 440
LEFT, RIGHT, TOP, BOTTOM = 74, 200, 62, 58
LINE = 16

STYLE = """
  svg { --paper: #ffffff; --ink: #1f2328; --soft: #59636e; --grid: #d8dee4; }
  text { font: 13px system-ui, -apple-system, "Segoe UI", "DejaVu Sans", sans-serif; fill: var(--ink); }
  .title { font-size: 16px; font-weight: 600; }
  .soft { fill: var(--soft); font-size: 12px; }
  .grid { stroke: var(--grid); stroke-width: 1; }
  .line { fill: none; stroke-width: 2; stroke-linejoin: round; }
  .leader { stroke: var(--soft); stroke-width: 1; opacity: .5; }
  .other { stroke-dasharray: 5 4; }
"""


def style():
    light = "".join(f" .c{index} {{ --line: {light}; }}" for index, (light, _) in enumerate(COLOURS))
    dark = "".join(f" .c{index} {{ --line: {dark}; }}" for index, (_, dark) in enumerate(COLOURS))
    return (
        f"{STYLE}  .line {{ stroke: var(--line); }} .dot, .name {{ fill: var(--line); }}\n  {light.strip()} .soft-line {{ --line: var(--soft); }}\n"
        "  @media (prefers-color-scheme: dark) {\n"
        "    svg { --paper: #0d1117; --ink: #e6edf3; --soft: #9198a1; --grid: #30363d; }\n"
        f"    {dark.strip()}\n  }}\n")


class Axis:
    """A logarithmic axis from one place of the picture to another."""

    def __init__(self, values, begin, end, whole):
        low, high = math.log10(min(values)), math.log10(max(values))
        # With `whole` it ends where a power of ten is; else at its values.
        self.low, self.high = (math.floor(low + 1e-9), math.ceil(high - 1e-9)) if whole else (low, high)
        if self.high - self.low < 1:
            self.high = self.low + 1
        self.begin, self.end = begin, end

    def at(self, value):
        return self.begin + (math.log10(value) - self.low) / (self.high - self.low) * (self.end - self.begin)

    def ticks(self):
        """The powers of ten, and where there are but two the steps between them."""
        powers = range(math.ceil(self.low - 1e-9), math.floor(self.high + 1e-9) + 1)
        if self.high - self.low > 1:
            return [10.0**power for power in powers]
        steps = [step * 10.0**power for power in powers for step in (1, 2, 5)]
        return [step for step in steps if math.log10(step) <= self.high + 1e-9]


def apart(places, least):
    """Places as near to these as they can be with at least so much between any two."""
    order = sorted(range(len(places)), key=places.__getitem__)
    moved = [places[index] for index in order]
    for _ in range(200):
        for first in range(len(moved) - 1):
            lack = least - (moved[first + 1] - moved[first])
            if lack > 1e-6:
                moved[first] -= lack / 2
                moved[first + 1] += lack / 2
    result = list(places)
    for index, place in zip(order, moved):
        result[index] = place
    return result


def text(x, y, words, classes="", anchor="start"):
    return f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}"{f" class={chr(34)}{classes}{chr(34)}" if classes else ""}>{html.escape(words)}</text>'


def chart(title, about, x_name, lines, x_shown, y_shown):
    """The picture of lines, each a name and points of it, [(x, y)]; a name that begins with "git" is drawn as what one compares with.

    - about: what the vertical axis is, in words.
    """
    xs = [x for _, points in lines for x, _ in points]
    ys = [y for _, points in lines for _, y in points]
    across = Axis(xs, LEFT, WIDTH - RIGHT, whole=False)
    up = Axis(ys, HEIGHT - BOTTOM, TOP, whole=True)
    said = "; ".join(f"{name} from {y_shown(points[0][1])} to {y_shown(points[-1][1])}" for name, points in lines)
    out = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" width="{WIDTH}" height="{HEIGHT}" role="img" '
        'aria-labelledby="title desc">',
        f'<title id="title">{html.escape(title)}</title>',
        f'<desc id="desc">{html.escape(f"{about}, from {x_shown(min(xs))} to {x_shown(max(xs))} {x_name}: {said}.")}</desc>',
        f"<style>{style()}</style>", f'<rect width="{WIDTH}" height="{HEIGHT}" rx="8" style="fill: var(--paper)"/>',
        text(16, 26, title, "title"), text(16, 46, about, "soft")]
    for value in up.ticks():
        y = up.at(value)
        out.append(f'<line class="grid" x1="{LEFT}" y1="{y:.1f}" x2="{WIDTH - RIGHT}" y2="{y:.1f}"/>')
        out.append(text(LEFT - 8, y + 4, y_shown(value), "soft", "end"))
    for value in sorted(set(xs)):
        x = across.at(value)
        out.append(f'<line class="grid" x1="{x:.1f}" y1="{TOP}" x2="{x:.1f}" y2="{HEIGHT - BOTTOM}"/>')
        out.append(text(x, HEIGHT - BOTTOM + 20, x_shown(value), "soft", "middle"))
    out.append(text((LEFT + WIDTH - RIGHT) / 2, HEIGHT - 14, x_name, "soft", "middle"))
    ends = [up.at(points[-1][1]) for _, points in lines]
    names = apart(ends, LINE)
    colour = 0
    for (name, points), end, y in zip(lines, ends, names):
        other = name.startswith("git")
        group = "soft-line" if other else f"c{colour % len(COLOURS)}"
        colour += not other
        places = " ".join(f"{across.at(x):.1f},{up.at(value):.1f}" for x, value in points)
        out.append(f'<g class="{group}"><polyline class="line{" other" if other else ""}" points="{places}"/>')
        out += [f'<circle class="dot" cx="{across.at(x):.1f}" cy="{up.at(value):.1f}" r="3.5"/>' for x, value in points]
        x = WIDTH - RIGHT
        out.append(f'<line class="leader" x1="{x + 6}" y1="{end:.1f}" x2="{x + 18}" y2="{y:.1f}"/>')
        out.append(text(x + 22, y + 4, name, "name") + "</g>")
    return "\n".join(out) + "\n</svg>\n"
