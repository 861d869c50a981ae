using System.Numerics;
using System.Runtime.CompilerServices;

namespace Nmf.Kernels.Tensors;

// What is done with a chunk of entries.
internal sealed unsafe partial class SparseTensorPass<T, TVector, TSimd, TDivergence>
{
    private void Point(T** rows, T* scratch)
    {
        for (var j = 0; j < Chunk; j++)
            rows[j] = scratch + (j * _stride);
    }

    // The products of the rows of all factors but that of the target, one for each entry.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Products(CoordinateTensor<T>.Mode mode, int at, int count, T** rows)
    {
        var others = _factors.Length - 1;
        var index = mode.Others + ((nint)at * others);
        int first = _target == 0 ? 1 : 0, second = _target <= 1 ? 2 : 1;
        T* a = _factors[first].Data, b = others > 1 ? _factors[second].Data : null;
        for (var j = 0; j < count; j++, index += others)
        {
            T* row = rows[j], x = a + (index[0] * _stride);
            if (b == null)
            {
                for (nint k = 0; k < _stride; k += TSimd.Count)
                    TSimd.Store(row + k, TSimd.Load(x + k));
                continue;
            }

            var y = b + (index[1] * _stride);
            for (nint k = 0; k < _stride; k += TSimd.Count)
                TSimd.Store(row + k, TSimd.Multiply(TSimd.Load(x + k), TSimd.Load(y + k)));
            for (var n = 2; n < others; n++)
            {
                var z = _factors[n < _target ? n : n + 1].Data + (index[n] * _stride);
                for (nint k = 0; k < _stride; k += TSimd.Count)
                    TSimd.Store(row + k, TSimd.Multiply(TSimd.Load(row + k), TSimd.Load(z + k)));
            }
        }
    }

    // y becomes m v y^(β-2), powers m y^(β-1). The last vector may reach beyond the row: its surplus lanes are never
    // used.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void Parts(T* values, T* weights, T* y, T* powers, int count)
    {
        var least = TSimd.Broadcast(_floor);
        for (var j = 0; j < count; j += TSimd.Count)
        {
            var model = TSimd.Max(least, TSimd.Load(y + j));
            var power = _divergence.Weight(model);
            var negativePart = _divergence.Negative(TSimd.Load(values + j), model, power);
            var positivePart = _divergence.Positive(model, power);
            if (weights != null)
            {
                var m = TSimd.Load(weights + j);
                negativePart = TSimd.SelectLess(TSimd.Zero, m, TSimd.Multiply(m, negativePart), TSimd.Zero);
                positivePart = TSimd.SelectLess(TSimd.Zero, m, TSimd.Multiply(m, positivePart), TSimd.Zero);
            }

            TSimd.Store(y + j, negativePart);
            TSimd.Store(powers + j, positivePart);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void Values(T* values, T* weights, T* y, T* terms, int count)
    {
        var least = TSimd.Broadcast(_floor);
        for (var j = 0; j < count; j += TSimd.Count)
        {
            var term = _divergence.Value(TSimd.Load(values + j), TSimd.Max(least, TSimd.Load(y + j)));
            if (weights != null)
            {
                var m = TSimd.Load(weights + j);
                term = TSimd.SelectLess(TSimd.Zero, m, TSimd.Multiply(m, term), TSimd.Zero);
            }

            TSimd.Store(terms + j, term);
        }
    }
}
