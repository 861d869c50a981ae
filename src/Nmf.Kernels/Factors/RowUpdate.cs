using System.Numerics;
using System.Numerics.Tensors;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Nmf.Kernels;

/// <summary>
/// One multiplicative update of a factor, a row at a time, by the pass that computes the gradient: first the point that
/// a row starts from, then, once its gradient is there, the new row in the place of the old one. No gradient of the
/// size of the factor is kept.
/// </summary>
/// <remarks>
/// <para>With momentum a row starts from <c>ĥ = h + weight · growth</c>, and is only taken where it cannot have become
/// worse than h. With the other factor fixed the divergence D is convex (1 ≤ β ≤ 2) and a sum over rows, so</para>
/// <para><c>D(ĥ) - D(h) ≤ ⟨pos - neg, ĥ - h⟩</c>, the gradient at ĥ, which the pass has just computed, and</para>
/// <para><c>D(ĥ) - D(h⁺) ≥ Σ_k pos_k (h⁺_k - ĥ_k)² / (2 max(h⁺_k, ĥ_k))</c>, what the majoriser of the update from ĥ to
/// h⁺ guarantees; with 6 in place of 2 where the update is overrelaxed (<see cref="Overrelaxation{T}"/>).</para>
/// <para>Where the first exceeds the second, the row stays as it was and has no momentum in the next iteration. That is
/// the gradient test of O'Donoghue and Candès, "Adaptive restart for accelerated gradient schemes", 2015, made rigorous
/// for these updates.</para>
/// </remarks>
internal readonly unsafe struct RowUpdate<T>(double exponent, Momentum<T>? momentum)
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    private const int Eight = 8;

    // What the majoriser guarantees for each unit of Gain: see Overrelaxation for the exponent 3/2.
    private readonly T _gainFactor = T.CreateChecked(exponent == FactorKernels.OverrelaxedExponent ? 1.0 / 6 : 0.5);
    private readonly T _weight = momentum is null ? T.Zero : T.CreateChecked(momentum.Weight);

    /// <summary>Whether rows start from another point than where they are.</summary>
    public bool HasMomentum => momentum is not null;

    /// <summary>The point from which a row is updated.</summary>
    /// <param name="row">Index of the row in the factor.</param>
    /// <param name="factor">The row.</param>
    /// <param name="start">Receives rank elements.</param>
    /// <param name="rank">Their number.</param>
    public void Start(int row, T* factor, T* start, int rank)
    {
        if (momentum is null || _weight == T.Zero)
            new ReadOnlySpan<T>(factor, rank).CopyTo(new Span<T>(start, rank));
        else if (typeof(T) == typeof(float))
            MoveSingles((float*)factor, momentum.Row(row), float.CreateTruncating(_weight), (float*)start, rank);
        else
            Move(factor, momentum.Row(row), 0, start, rank);
    }

    /// <summary>Updates a row.</summary>
    /// <param name="row">Index of the row in the factor.</param>
    /// <param name="factor">The row; receives the new one.</param>
    /// <param name="start">What <see cref="Start"/> gave, or the row itself where there is no momentum.</param>
    /// <param name="negative">Negative part of the gradient at the start; overwritten.</param>
    /// <param name="positive">Positive part.</param>
    /// <param name="rank">Number of elements.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Finish(int row, T* factor, T* start, T* negative, T* positive, int rank)
    {
        var risk = momentum is null ? T.Zero : Risk(factor, start, negative, positive, rank);

        // The ratios take the place of the negative part: memory of a row's own on the stack would
        // be cleared for every row.
        FactorUpdate<T>.Ratios(negative, positive, negative, rank);
        FactorUpdate<T>.Raise(new Span<T>(negative, rank), exponent);
        if (momentum is null)
        {
            FactorUpdate<T>.Multiply(start, negative, factor, rank);
            return;
        }

        FactorUpdate<T>.Multiply(start, negative, negative, rank);

        // "Greater than" is false for NaN, which must reach the guard of the fit.
        if (risk > Gain(start, negative, positive, rank) * _gainFactor)
            new Span<ushort>(momentum.Row(row), rank).Clear();
        else if (typeof(T) == typeof(float))
            AcceptSingles((float*)factor, (float*)negative, momentum.Row(row), rank);
        else
            Accept(factor, negative, 0, momentum.Row(row), rank);
    }

    // ⟨pos - neg, ĥ - h⟩
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static T Risk(T* factor, T* start, T* negative, T* positive, int count)
    {
        var sum = Vector<T>.Zero;
        var j = 0;
        for (; j + Vector<T>.Count <= count; j += Vector<T>.Count)
            sum += (Vector.Load(positive + j) - Vector.Load(negative + j)) * (Vector.Load(start + j)
                - Vector.Load(factor + j));
        var total = Vector.Sum(sum);
        for (; j < count; j++)
            total += (positive[j] - negative[j]) * (start[j] - factor[j]);
        return total;
    }

    // Σ pos (h⁺ - ĥ)² / max(h⁺, ĥ), and 0 where both are 0
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static T Gain(T* start, T* updated, T* positive, int count)
    {
        var sum = Vector<T>.Zero;
        var smallest = new Vector<T>(FactorUpdate<T>.Smallest);
        var j = 0;
        for (; j + Vector<T>.Count <= count; j += Vector<T>.Count)
        {
            Vector<T> before = Vector.Load(start + j), after = Vector.Load(updated + j);
            var change = after - before;
            sum += Vector.Load(positive + j) * change * (change / Vector.Max(smallest, Vector.Max(before, after)));
        }

        var total = Vector.Sum(sum);
        for (; j < count; j++)
        {
            var change = updated[j] - start[j];
            total += positive[j] * change * (change / T.Max(FactorUpdate<T>.Smallest, T.Max(start[j], updated[j])));
        }

        return total;
    }

    private void Move(T* factor, ushort* growth, int from, T* start, int rank)
    {
        for (var j = from; j < rank; j++)
            start[j] = factor[j] + (_weight * T.CreateTruncating(Momentum<T>.Unpack(growth[j])));
    }

    private static void Accept(T* factor, T* updated, int from, ushort* growth, int rank)
    {
        for (var j = from; j < rank; j++)
        {
            growth[j] = Momentum<T>.Pack(
                float.Min(float.MaxValue, float.CreateSaturating(T.Max(updated[j] - factor[j], T.Zero))));
            factor[j] = updated[j];
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void MoveSingles(float* factor, ushort* growth, float weight, float* start, int rank)
    {
        var multiplier = Vector256.Create(weight);
        var j = 0;
        for (; j + Eight <= rank; j += Eight)
        {
            var (low, high) = Vector128.Widen(Vector128.Load(growth + j));
            var grown = (Vector256.Create(low, high) << 16).AsSingle();
            (Vector256.Load(factor + j) + (multiplier * grown)).Store(start + j);
        }

        Move((T*)factor, growth, j, (T*)start, rank);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void AcceptSingles(float* factor, float* updated, ushort* growth, int rank)
    {
        var j = 0;
        for (; j + Eight <= rank; j += Eight)
        {
            var next = Vector256.Load(updated + j);
            var grown = Vector256.Max(next - Vector256.Load(factor + j), Vector256<float>.Zero).AsUInt32() >>> 16;
            Vector128.Narrow(grown.GetLower(), grown.GetUpper()).Store(growth + j);
            next.Store(factor + j);
        }

        Accept((T*)factor, (T*)updated, j, growth, rank);
    }
}
