#!/usr/bin/env python3
"""SVG graphs for docs/PERFORMANCE.md from what million.py and curves.py wrote.

    python3 tests/bench/plot.py --million FILE --curves FILE --out docs/images
"""
import argparse
import html
import json
import math
import pathlib

WIDTH, HEIGHT = 640, 300
LEFT, RIGHT, TOP, BOTTOM = 70, 150, 36, 46
COLORS = ["#0b6e99", "#c2410c", "#4d7c0f", "#7c3aed", "#475569"]


def nice_ticks(most):
    step = 10 ** math.floor(math.log10(most / 4))
    step = next(step * factor for factor in (1, 2, 5, 10) if most / (step * factor) <= 5)
    return [step * i for i in range(int(most / step) + 2)]


def short(value):
    for limit, name in ((1e6, "M"), (1e3, "k")):
        if value >= limit:
            return f"{value / limit:g}{name}"
    return f"{value:g}"


def chart(title, x_name, y_name, series, log_x=False):
    """series: name to a list of (x, y)."""
    xs = sorted({x for points in series.values() for x, _ in points})
    ticks = nice_ticks(max(y for points in series.values() for _, y in points) or 1)
    place = (lambda x: math.log10(x)) if log_x else (lambda x: x)
    low, high = place(xs[0]), place(xs[-1])
    at_x = lambda x: LEFT + (WIDTH - LEFT - RIGHT) * ((place(x) - low) / ((high - low) or 1))
    at_y = lambda y: HEIGHT - BOTTOM - (HEIGHT - TOP - BOTTOM) * y / ticks[-1]
    out = [f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" font-family="sans-serif" font-size="12" role="img">',
           f"<title>{html.escape(title)}</title>", f'<rect width="{WIDTH}" height="{HEIGHT}" fill="#ffffff"/>',
           f'<text x="{LEFT}" y="20" font-size="14" font-weight="bold" fill="#111827">{html.escape(title)}</text>']
    for tick in ticks:
        y = at_y(tick)
        out.append(f'<line x1="{LEFT}" x2="{WIDTH - RIGHT}" y1="{y:.1f}" y2="{y:.1f}" stroke="#e5e7eb"/>')
        out.append(f'<text x="{LEFT - 8}" y="{y + 4:.1f}" text-anchor="end" fill="#374151">{short(tick)}</text>')
    for x in xs if len(xs) <= 6 else nice_ticks(xs[-1])[:-1]:
        out.append(f'<text x="{at_x(x):.1f}" y="{HEIGHT - BOTTOM + 18}" text-anchor="middle" fill="#374151">{short(x)}</text>')
    out.append(f'<text x="{(LEFT + WIDTH - RIGHT) / 2}" y="{HEIGHT - 8}" text-anchor="middle" fill="#374151">{html.escape(x_name)}</text>')
    out.append(f'<text x="{LEFT - 8}" y="{TOP - 4}" text-anchor="end" fill="#374151">{html.escape(y_name)}</text>')
    ends = []
    for (name, points), color in zip(series.items(), COLORS):
        path = " ".join(f"{'M' if i == 0 else 'L'}{at_x(x):.1f},{at_y(y):.1f}" for i, (x, y) in enumerate(points))
        out.append(f'<path d="{path}" fill="none" stroke="{color}" stroke-width="2"/>')
        out += [f'<circle cx="{at_x(x):.1f}" cy="{at_y(y):.1f}" r="3" fill="{color}"/>' for x, y in points]
        ends.append([at_y(points[-1][1]), name, color])
    ends.sort()
    for before, after in zip(ends, ends[1:]):
        after[0] = max(after[0], before[0] + 15)  # labels do not lie on one another
    out += [f'<text x="{WIDTH - RIGHT + 10}" y="{y + 4:.1f}" fill="{color}">{html.escape(name)}</text>' for y, name, color in ends]
    return "\n".join(out) + "\n</svg>\n"


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--million", type=pathlib.Path)
    parser.add_argument("--curves", type=pathlib.Path)
    parser.add_argument("--out", type=pathlib.Path, default=pathlib.Path("docs/images"))
    options = parser.parse_args()
    graphs = {}
    if options.million:
        points = json.loads(options.million.read_text())["memory"]["points"]
        graphs["performance-memory"] = chart("Memory as stations come on line", "stations", "MiB", {
            name: [(count, parts[name] / 2**20) for count, parts in points] for name in points[0][1]})
    curves = json.loads(options.curves.read_text()) if options.curves else {}
    if "stations" in curves:
        rows, echo = curves["stations"]["rows"], curves["stations"]["echo"]
        graphs["performance-stations"] = chart("CPU a stored message while more stations are connected", "stations (log)", "µs", {
            "ours, total": [(row["stations"], row["own_total_us"]) for row in rows],
            "ours, user space": [(row["stations"], row["own_user_us"]) for row in rows],
            "bare echo, total": [(row["sockets"], row["user_us"] + row["system_us"]) for row in echo]}, log_x=True)
    if "workers" in curves:
        rows = curves["workers"]["rows"]
        graphs["performance-workers"] = chart("CPU a stored message with more workers", "workers", "µs", {
            "ours, total": [(row["workers"], row["own_total_us"]) for row in rows],
            "ours, user space": [(row["workers"], row["own_user_us"]) for row in rows],
            "RabbitMQ": [(row["workers"], row["user_us"]["rabbitmq"] + row["system_us"]["rabbitmq"]) for row in rows]})
    if "routing" in curves:
        rows = curves["routing"]
        graphs["performance-routing"] = chart("Broker and bus code, CPU an envelope, there and back", "workers", "µs", {
            f"{routing}, {label}": [(row["workers"], row[key]) for row in rows if row["routing"] == routing]
            for routing in ("fanout", "direct") for key, label in (("broker_cpu_us", "broker"), ("own_cpu_us", "own"))})
    for name, text in graphs.items():
        (options.out / f"{name}.svg").write_text(text)
        print(options.out / f"{name}.svg")


if __name__ == "__main__":
    main()
