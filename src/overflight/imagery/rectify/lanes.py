"""A place's weighted sum over neighbouring pixels in a processor's vector lanes.

The pixels of a line and their bands lie side by side in memory, so a line of taps is one load, and
the lines are summed before the columns are. Compilers do not find this by themselves from indexed
loops; the intermediate code is therefore written down here, for any processor that LLVM knows.
"""

from __future__ import annotations

from typing import Any

from llvmlite import ir  # type: ignore[import-untyped]
from numba import types
from numba.extending import intrinsic

_LOOSE = ("contract", "reassoc", "nsz")


def _weigh(
    _typing: Any, flat: Any, at: Any, stride: Any, across: Any, column: Any, down: Any, row: Any,
    limit: Any, out: Any, to: Any, taps: Any, bands: Any,
) -> Any:  # fmt: skip
    """Writes the values of one place: out[to], ... out[to + bands - 1].

    ``flat`` holds lines of ``stride`` values; the first tap is at ``at``; ``across`` and ``down``
    are tables of weights, float32 (256, taps), contiguous, of which the rows ``column`` and
    ``row`` are used; values are rounded and cut at 0 and ``limit``. ``taps`` and ``bands`` are
    literal numbers.
    """
    if not isinstance(taps, types.IntegerLiteral) or not isinstance(bands, types.IntegerLiteral):
        return None
    n, depth = int(taps.literal_value), int(bands.literal_value)
    signature = types.void(flat, at, stride, across, column, down, row, limit, out, to, taps, bands)

    def build(context: Any, builder: Any, signed: Any, values: Any) -> Any:
        kinds = signed.args
        flat_at, across_at, down_at, out_at = (
            context.make_array(kinds[k])(context, builder, values[k]).data for k in (0, 3, 5, 8)
        )
        size = ir.IntType(64)
        at_, stride_, column_, row_, to_ = (
            builder.zext(values[k], size) if values[k].type.width < 64 else values[k]
            for k in (1, 2, 4, 6, 9)
        )
        pixel, single = ir.IntType(kinds[0].dtype.bitwidth), ir.FloatType()
        lanes = n * depth

        def load(base: Any, index: Any, element: Any, count: int) -> Any:
            kind = ir.VectorType(element, count)
            place = builder.gep(base, [index])
            place = builder.bitcast(place, kind.as_pointer())
            return builder.load(place, align=element.width // 8 if element is pixel else 4)

        def mixed(vector: Any, places: list[int]) -> Any:
            mask = ir.Constant(ir.VectorType(ir.IntType(32), len(places)), places)
            return builder.shuffle_vector(vector, ir.Constant(vector.type, ir.Undefined), mask)

        def spread(value: Any, count: int) -> Any:
            one = ir.Constant(ir.VectorType(single, 1), ir.Undefined)
            one = builder.insert_element(one, value, ir.Constant(ir.IntType(32), 0))
            return mixed(one, [0] * count)

        def weights_of(base: Any, index: Any) -> Any:
            return load(base, builder.mul(index, ir.Constant(size, n)), single, n)

        downward, along = weights_of(down_at, row_), weights_of(across_at, column_)
        total = None
        for j in range(n):
            counts = load(flat_at, at_, pixel, lanes)
            wide = builder.zext(counts, ir.VectorType(ir.IntType(32), lanes))
            line = builder.sitofp(wide, ir.VectorType(single, lanes))
            line = builder.fmul(line, mixed(downward, [j] * lanes), flags=_LOOSE)
            total = line if total is None else builder.fadd(total, line, flags=_LOOSE)
            at_ = builder.add(at_, stride_)
        along = mixed(along, [lane // depth for lane in range(lanes)])
        total = builder.fmul(total, along, flags=_LOOSE)
        parts = [mixed(total, [k * depth + b for b in range(depth)]) for k in range(n)]
        value = parts[0]
        for part in parts[1:]:
            value = builder.fadd(value, part, flags=_LOOSE)
        half, zero = (ir.Constant(ir.VectorType(single, depth), [v] * depth) for v in (0.5, 0.0))
        value = builder.fadd(value, half, flags=_LOOSE)
        value = builder.select(builder.fcmp_ordered(">", value, zero), value, zero)
        most = spread(values[7], depth)
        value = builder.select(builder.fcmp_ordered("<", value, most), value, most)
        whole = builder.fptosi(value, ir.VectorType(ir.IntType(32), depth))
        for b in range(depth):
            one = builder.extract_element(whole, ir.Constant(ir.IntType(32), b))
            place = builder.gep(out_at, [builder.add(to_, ir.Constant(size, b))])
            builder.store(builder.trunc(one, pixel), place)
        return context.get_dummy_value()

    return signature, build


weigh: Any = intrinsic(_weigh)
