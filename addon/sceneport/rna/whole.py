"""Colour ramps and curve mappings: structs that cross as one list value, because their points have no names."""

from __future__ import annotations

from typing import Any

from .limits import LIST_LENGTH
from .values import Value, number, to_float

RAMP_POINTS = 32


def read_ramp(ramp: Any) -> Value:
    """[colour mode, interpolation, hue interpolation, [[position, [red, green, blue, alpha]], …]]."""
    points = [[number(point.position), [number(part) for part in point.color]] for point in ramp.elements]
    return [ramp.color_mode, ramp.interpolation, ramp.hue_interpolation, points]


def write_ramp(ramp: Any, value: Value) -> None:
    """Gives the ramp the points of `value`; raises TypeError or ValueError before it changes anything."""
    mode, interpolation, hue, points = value
    places = [(to_float(position), [to_float(part) for part in colour]) for position, colour in points]
    if not 1 <= len(places) <= RAMP_POINTS or any(len(colour) != 4 for _, colour in places):
        raise ValueError("not a colour ramp")
    ramp.color_mode, ramp.interpolation, ramp.hue_interpolation = mode, interpolation, hue
    while len(ramp.elements) > len(places):
        ramp.elements.remove(ramp.elements[-1])
    while len(ramp.elements) < len(places):
        ramp.elements.new(1.0)
    for point, (position, colour) in zip(ramp.elements, places, strict=False):
        point.position, point.color = position, colour


def read_curves(mapping: Any) -> Value:
    """[settings, [[[x, y, handle], …] per curve]], the settings by name."""
    curves = [[[number(p.location[0]), number(p.location[1]), p.handle_type] for p in c.points] for c in mapping.curves]
    clip = [mapping.clip_min_x, mapping.clip_min_y, mapping.clip_max_x, mapping.clip_max_y]
    levels = [list(map(number, mapping.black_level)), list(map(number, mapping.white_level))]
    return [mapping.use_clip, list(map(number, clip)), mapping.extend, mapping.tone, *levels, curves]


def write_curves(mapping: Any, value: Value) -> None:
    """Gives the mapping the curves of `value`; raises TypeError or ValueError before it changes anything."""
    use_clip, clip, extend, tone, black, white, curves = value
    bounds, black, white = ([to_float(part) for part in parts] for parts in (clip, black, white))
    points = [[(to_float(x), to_float(y), handle) for x, y, handle in curve] for curve in curves]
    if type(use_clip) is not bool or len(bounds) != 4 or len(points) != len(mapping.curves):
        raise ValueError("not a curve mapping")
    if any(not 2 <= len(curve) <= LIST_LENGTH for curve in points):
        raise ValueError("not a curve")
    mapping.use_clip, mapping.extend, mapping.tone = use_clip, extend, tone
    mapping.black_level, mapping.white_level = black, white
    mapping.clip_min_x, mapping.clip_min_y, mapping.clip_max_x, mapping.clip_max_y = bounds
    for curve, places in zip(mapping.curves, points, strict=False):
        while len(curve.points) > len(places):
            curve.points.remove(curve.points[-1])
        while len(curve.points) < len(places):
            curve.points.new(0.0, 0.0)
        for point, (x, y, handle) in zip(curve.points, places, strict=False):
            point.location, point.handle_type = (x, y), handle
    mapping.update()


READ = {"ColorRamp": read_ramp, "CurveMapping": read_curves}
WRITE = {"ColorRamp": write_ramp, "CurveMapping": write_curves}
