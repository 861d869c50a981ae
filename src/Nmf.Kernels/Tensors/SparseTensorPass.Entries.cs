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
}
