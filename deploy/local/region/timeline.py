"""The live timeline: what a region does, one line a second, events in between. Colours only on a terminal."""

import os
import sys
import time

QUIET_SECONDS = 5  # between rows of a file while nothing changes
BLOCKS = " ▁▂▃▄▅▆▇█"
STYLES = {"dim": "2", "bold": "1", "green": "32", "yellow": "33", "red": "31", "cyan": "36", "magenta": "35"}


def bar(value, top, width=10):
    """A horizontal bar with eighths, `width` cells at `top`."""
    eighths = max(0, min(width * 8, round(width * 8 * value / top))) if top else 0
    full, rest = divmod(eighths, 8)
    return ("█" * full + (" ▏▎▍▌▋▊▉"[rest] if rest else "")).ljust(width)


def spark(values, top):
    """The newest values as one character each."""
    return "".join(BLOCKS[max(0, min(8, round(8 * value / top)))] if top else " " for value in values)


class Timeline:
    def __init__(self, out=sys.stdout):
        self.out = out
        self.colour = out.isatty() and "NO_COLOR" not in os.environ
        self.began = time.monotonic()
        self.cpu = []
        self.quiet = None  # what the last row showed, while nothing has been written after it
        self.shown_at = 0.0

    def style(self, text, *names):
        if not self.colour:
            return text
        codes = ";".join(STYLES[name] for name in names)
        return f"\x1b[{codes}m{text}\x1b[0m"

    def clock(self):
        return f"{time.monotonic() - self.began:6.1f}s"

    def write(self, text):
        self.quiet = None
        print(text, file=self.out, flush=True)

    def title(self, text):
        self.write("\n" + self.style(text, "bold"))

    def note(self, text):
        self.write(self.style(self.clock(), "dim") + "  " + text)

    def event(self, text, style="cyan"):
        self.write(self.style(self.clock(), "dim") + "  " + self.style("▶ " + text, style))

    def expect(self, held, text):
        mark = self.style("✔", "green", "bold") if held else self.style("✘", "red", "bold")
        self.write(self.style(self.clock(), "dim") + f"  {mark} {text}")

    def header(self):
        self.write(
            self.style(
                "   time   offered load        cpu of the members      desired  in service  by zone", "dim"
            )
        )

    def row(self, load, top_load, cpu, desired, in_service, pending, zones):
        """One line. `zones` maps a zone's last letter to its members in service.

        While nothing changes but cpu, a terminal's last row is rewritten, and a file gets a row every few seconds.
        """
        self.cpu = (self.cpu + [cpu or 0.0])[-12:]
        cpu_text = "   –  " if cpu is None else f"{cpu:5.1f}%"
        style = "green" if cpu is None or cpu < 50 else "yellow" if cpu < 75 else "red"
        people = "●" * in_service + self.style("◌" * pending, "yellow")
        split = " ".join(f"{zone}:{count}" for zone, count in sorted(zones.items()))
        text = (
            self.style(self.clock(), "dim")
            + f"  {load:5.0f} rps {bar(load, top_load)} {self.style(cpu_text, style)} "
            + self.style(spark(self.cpu, 100).rjust(12), style)
            + f"   {desired:4d}     {in_service:4d}       {split:<12} {people}"
        )
        now, picture = time.monotonic(), (load, desired, in_service, pending, split)
        if picture == self.quiet and not self.out.isatty() and now - self.shown_at < QUIET_SECONDS:
            return
        if picture == self.quiet and self.out.isatty():
            text = "\x1b[1A\x1b[2K" + text
        self.write(text)
        self.quiet, self.shown_at = picture, now
