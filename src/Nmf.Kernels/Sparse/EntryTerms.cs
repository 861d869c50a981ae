using System.Numerics;
using System.Runtime.CompilerServices;
using Nmf.Kernels.Dense;
using Nmf.Kernels.Simd;

namespace Nmf.Kernels;

/// <summary>What a divergence makes of a few stored entries v, their weights m (or null for 1) and their models y, of a
/// sparse matrix or a tensor. The last vector may reach beyond the entries: its surplus lanes are never used.</summary>
internal readonly unsafe struct EntryTerms<TVector, TSimd, T, TDivergence>(TDivergence divergence, T floor)
    where TVector : unmanaged
    where TSimd : struct, ISimd<TVector, T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
    where TDivergence : struct, IDivergence<TVector>
{
    /// <summary>y becomes m v y^(β-2), powers become m y^(β-1).</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Parts(T* values, T* weights, T* y, T* powers, int count)
    {
        var least = TSimd.Broadcast(floor);
        for (var j = 0; j < count; j += TSimd.Count)
        {
            var model = TSimd.Max(least, TSimd.Load(y + j));
            var power = divergence.Weight(model);
            var negativePart = divergence.Negative(TSimd.Load(values + j), model, power);
            var positivePart = divergence.Positive(model, power);
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

    /// <summary>terms become m d_β(v | y).</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Values(T* values, T* weights, T* y, T* terms, int count)
    {
        var least = TSimd.Broadcast(floor);
        for (var j = 0; j < count; j += TSimd.Count)
        {
            var term = divergence.Value(TSimd.Load(values + j), TSimd.Max(least, TSimd.Load(y + j)));
            if (weights != null)
            {
                var m = TSimd.Load(weights + j);
                term = TSimd.SelectLess(TSimd.Zero, m, TSimd.Multiply(m, term), TSimd.Zero);
            }

            TSimd.Store(terms + j, term);
        }
    }
}
