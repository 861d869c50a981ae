using System.Runtime.CompilerServices;
using Nmf.Kernels.Dense;
using Nmf.Kernels.Simd;

namespace Nmf.Kernels.Newton;

// What becomes of one block of rows of the factor.
internal sealed unsafe partial class SharedNewtonPass<TVector, TSimd, T>
{
    // The product of two such inverses is still a finite float, so that no gradient of zero becomes NaN.
    private const double LargestInverse = 1e18;

    // The gradient of an entry that is to stay at zero: finite, so that its product with no step is zero.
    private static readonly T Hopeless = T.ScaleB(T.One, typeof(T) == typeof(float) ? 100 : 1000);

    private void Step(int first, int count, Scratch scratch)
    {
        var length = (nint)_tiles * _tile;
        Load(first, count, length, scratch);
        ComputeGradient(length, scratch);
        ComputeScales(first, count, scratch);
        MinimizeModel(scratch);
        MeasureStep(length, scratch);
        for (var i = 0; i < count; i++)
            Move(i, _factor!.Data + ((first + i) * _factor.Stride), scratch);
    }

    /// <summary>The model, Σ c v / y, and Σ a y² of each row in lanes.</summary>
    private void ComputeGradient(nint length, Scratch scratch)
    {
        new Span<T>(scratch.Lanes, BlockRows * TSimd.Count).Clear();
        for (var tile = 0; tile < _tiles; tile++)
        {
            var offset = (nint)tile * _tile;
            Multiply(scratch.Start, tile, scratch.Model + offset, length);
            Divide(scratch.Values + offset, scratch.Model + offset, length, _weights.Pointer + offset, scratch);
            AddToGradient(tile, scratch);
        }

        FinishGradient(scratch);
        if (_tiles == 0)
            new Span<T>(scratch.Gradient, BlockRows * _paddedRank).Clear();
    }

    // Components that do not fill a vector are summed lane by lane where that wastes less.
    private void AddToGradient(int tile, Scratch scratch)
    {
        MicroKernel<T, TVector, TSimd>.Multiply(
            scratch.Tile,
            _tile,
            1,
            _rows.Pointer + ((nint)tile * _tile * _paddedRank),
            _paddedRank,
            _tile,
            scratch.Gradient,
            _paddedRank,
            BlockRows,
            _blockedRank / TSimd.Count,
            tile > 0);
        if (_laneSumColumns == 0)
            return;
        var last = _panels.Pointer + ((nint)tile * _tile * _rank) + ((nint)_blockedRank * _tile);
        LaneSums<T, TVector, TSimd>.Add(
            scratch.Tile, _tile, last, _tile, _tile, scratch.LaneSums, BlockRows, _laneSumColumns, tile > 0);
    }

    private void FinishGradient(Scratch scratch)
    {
        if (_laneSumColumns > 0 && _tiles > 0)
        {
            LaneSums<T, TVector, TSimd>.Finish(
                scratch.LaneSums, BlockRows, _laneSumColumns, scratch.Gradient + _blockedRank, _paddedRank,
                _rank - _blockedRank);
        }
    }

    // Rows of factors times a tile of the basis.
    private void Multiply(T* rows, int tile, T* result, nint resultStride)
        => MicroKernel<T, TVector, TSimd>.Multiply(
            rows,
            _paddedRank,
            1,
            _panels.Pointer + ((nint)tile * _tile * _rank),
            _tile,
            _rank,
            result,
            resultStride,
            BlockRows,
            _tile / TSimd.Count,
            false);

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Divide(T* values, T* model, nint stride, T* weights, Scratch scratch)
    {
        var floor = TSimd.Broadcast(Floor);
        var ratios = scratch.Tile;
        for (var i = 0; i < BlockRows; i++)
        {
            var sum = TSimd.Load(scratch.Lanes + (i * TSimd.Count));
            for (var j = 0; j < _tile; j += TSimd.Count)
            {
                var y = TSimd.Max(floor, TSimd.Load(model + j));
                TSimd.Store(model + j, y);
                TSimd.Store(ratios + j, TSimd.Multiply(TSimd.Load(values + j), TSimd.Reciprocal(y)));
                sum = TSimd.MultiplyAdd(TSimd.Multiply(y, TSimd.Load(weights + j)), y, sum);
            }

            TSimd.Store(scratch.Lanes + (i * TSimd.Count), sum);
            values += stride;
            model += stride;
            ratios += _tile;
        }
    }

    // The gradient s - Σ c v / y by component, and b = Σ v / Σ a y².
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void ComputeScales(int first, int count, Scratch scratch)
    {
        var means = _activations ? _sampleMeans : _featureMeans;
        for (var i = 0; i < BlockRows; i++)
        {
            var sum = i < count ? means[first + i] * _basis!.Rows : 0;
            var quadratic = double.CreateTruncating(TSimd.Sum(TSimd.Load(scratch.Lanes + (i * TSimd.Count))));
            var scale = sum > 0 && quadratic > 0 ? sum / quadratic : 0;
            scratch.Scale[i] = T.CreateSaturating(scale);
            scratch.InverseScale[i] = T.CreateTruncating(
                scale > 0 ? Math.Min(1 / scale, LargestInverse) : LargestInverse);
            var gradient = scratch.Gradient + (i * (nint)_paddedRank);
            for (var k = 0; k < _rank; k++)
                gradient[k] = T.CreateTruncating(_sums.Pointer[k] - double.CreateTruncating(gradient[k]));
            var mask = i < count ? MaskOf(first + i, _activations) : null;
            for (var k = 0; k < _rank && mask != null; k++)
                gradient[k] = mask[k] == T.Zero ? Hopeless : gradient[k];
        }

        Transposition<T>.Copy(scratch.Gradient, _paddedRank, BlockRows, _rank, scratch.GradientByComponent, BlockRows);
        Transposition<T>.Copy(scratch.Start, _paddedRank, BlockRows, _rank, scratch.StartByComponent, BlockRows);
        new Span<T>(scratch.MoveByComponent, BlockRows * _rank).Clear();
    }

    /// <summary>Sweeps over <c>min gᵀd + ½ b dᵀ A d</c>, x + d ≥ 0: a component at a time, all rows of the
    /// block side by side.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void MinimizeModel(Scratch scratch)
    {
        for (var i = 0; i < BlockRows; i += 2 * TSimd.Count)
        {
            for (var sweep = 0; sweep < _sweeps; sweep++)
                Sweep(i, Math.Min(i + TSimd.Count, BlockRows - TSimd.Count), scratch);
        }

        Transposition<T>.Copy(scratch.MoveByComponent, BlockRows, _rank, BlockRows, scratch.Move, _paddedRank);
        for (var i = 0; i < BlockRows; i++)
            new Span<T>(scratch.Move + (i * (nint)_paddedRank) + _rank, _paddedRank - _rank).Clear();
    }

    // Two vectors of rows, at the offsets p and q.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Sweep(int p, int q, Scratch scratch)
    {
        var moves = scratch.MoveByComponent;
        TVector scaleP = TSimd.Load(scratch.Scale + p), scaleQ = TSimd.Load(scratch.Scale + q);
        TVector inverseP = TSimd.Load(scratch.InverseScale + p), inverseQ = TSimd.Load(scratch.InverseScale + q);
        for (var k = 0; k < _rank; k++)
        {
            var row = _curvature.Pointer + ((nint)k * _paddedRank);
            TVector p0 = TSimd.Zero, p1 = TSimd.Zero, q0 = TSimd.Zero, q1 = TSimd.Zero;
            var j = 0;
            for (; j + 2 <= _rank; j += 2)
            {
                var move = moves + ((nint)j * BlockRows);
                TVector a = TSimd.Broadcast(row[j]), b = TSimd.Broadcast(row[j + 1]);
                p0 = TSimd.MultiplyAdd(a, TSimd.Load(move + p), p0);
                q0 = TSimd.MultiplyAdd(a, TSimd.Load(move + q), q0);
                p1 = TSimd.MultiplyAdd(b, TSimd.Load(move + BlockRows + p), p1);
                q1 = TSimd.MultiplyAdd(b, TSimd.Load(move + BlockRows + q), q1);
            }

            if (j < _rank)
            {
                var move = moves + ((nint)j * BlockRows);
                var a = TSimd.Broadcast(row[j]);
                p0 = TSimd.MultiplyAdd(a, TSimd.Load(move + p), p0);
                q0 = TSimd.MultiplyAdd(a, TSimd.Load(move + q), q0);
            }

            if (row[k] <= T.Zero)
            {
                // Nothing is known of the curvature: the component may only give way to a gradient that is positive,
                // as where it meets no data.
                Withdraw(k, p, scratch);
                Withdraw(k, q, scratch);
                continue;
            }

            var inverse = TSimd.Broadcast(T.Min(T.One / row[k], T.CreateTruncating(LargestInverse)));
            Coordinate(k, p, TSimd.Add(p0, p1), scaleP, TSimd.Multiply(inverse, inverseP), scratch);
            if (q != p)
                Coordinate(k, q, TSimd.Add(q0, q1), scaleQ, TSimd.Multiply(inverse, inverseQ), scratch);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Coordinate(int k, int offset, TVector product, TVector scale, TVector inverse, Scratch scratch)
    {
        var move = scratch.MoveByComponent + ((nint)k * BlockRows) + offset;
        var gradient = TSimd.MultiplyAdd(
            scale, product, TSimd.Load(scratch.GradientByComponent + ((nint)k * BlockRows) + offset));
        var before = TSimd.Load(move);
        var least = TSimd.Subtract(TSimd.Zero, TSimd.Load(scratch.StartByComponent + ((nint)k * BlockRows) + offset));
        TSimd.Store(move, TSimd.Max(least, TSimd.Subtract(before, TSimd.Multiply(gradient, inverse))));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Withdraw(int k, int offset, Scratch scratch)
    {
        var at = ((nint)k * BlockRows) + offset;
        var least = TSimd.Subtract(TSimd.Zero, TSimd.Load(scratch.StartByComponent + at));
        TSimd.Store(
            scratch.MoveByComponent + at,
            TSimd.SelectLess(TSimd.Zero, TSimd.Load(scratch.GradientByComponent + at), least, TSimd.Zero));
    }

    /// <summary>Σ v (C d)² / y² and the largest fall of a model value, of each row in lanes.</summary>
    private void MeasureStep(nint length, Scratch scratch)
    {
        new Span<T>(scratch.Lanes, BlockRows * TSimd.Count).Clear();
        new Span<T>(scratch.OtherLanes, BlockRows * TSimd.Count).Clear();
        for (var tile = 0; tile < _tiles; tile++)
        {
            var offset = (nint)tile * _tile;
            Multiply(scratch.Move, tile, scratch.Tile, _tile);
            Measure(scratch.Values + offset, scratch.Model + offset, length, scratch);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Measure(T* values, T* model, nint stride, Scratch scratch)
    {
        var step = scratch.Tile;
        for (var i = 0; i < BlockRows; i++)
        {
            var (bend, fall) = (TSimd.Load(scratch.Lanes + (i * TSimd.Count)),
                TSimd.Load(scratch.OtherLanes + (i * TSimd.Count)));
            for (var j = 0; j < _tile; j += TSimd.Count)
            {
                var v = TSimd.Load(values + j);
                var part = TSimd.Multiply(TSimd.Load(step + j), TSimd.Reciprocal(TSimd.Load(model + j)));
                bend = TSimd.MultiplyAdd(TSimd.Multiply(part, part), v, bend);
                fall = TSimd.Max(fall, TSimd.SelectLess(TSimd.Zero, v, TSimd.Subtract(TSimd.Zero, part), TSimd.Zero));
            }

            TSimd.Store(scratch.Lanes + (i * TSimd.Count), bend);
            TSimd.Store(scratch.OtherLanes + (i * TSimd.Count), fall);
            values += stride;
            model += stride;
            step += _tile;
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Move(int i, T* target, Scratch scratch)
    {
        var row = i * (nint)_paddedRank;
        T* start = scratch.Start + row, gradient = scratch.Gradient + row, move = scratch.Move + row;
        var slope = Slope(gradient, move);
        var fall = T.Zero;
        for (var j = 0; j < TSimd.Count; j++)
            fall = T.Max(fall, scratch.OtherLanes[(i * TSimd.Count) + j]);
        var bend = double.CreateTruncating(TSimd.Sum(TSimd.Load(scratch.Lanes + (i * TSimd.Count))));
        // Where the step overflows, the row stays as it is.
        var part = !double.IsFinite(slope) || !double.IsFinite(bend)
            ? T.Zero
            : T.CreateTruncating(SelfConcordance.SafePart(slope, bend, double.CreateTruncating(fall)));
        if (!(part > T.Zero))
            return;
        var multiplier = TSimd.Broadcast(part);
        for (var k = 0; k < _paddedRank; k += TSimd.Count)
            TSimd.Store(
                start + k,
                TSimd.Max(TSimd.Zero, TSimd.MultiplyAdd(multiplier, TSimd.Load(move + k), TSimd.Load(start + k))));
        new Span<T>(start, _rank).CopyTo(new Span<T>(target, _rank));
    }

    // In double: terms of both signs. Four sums side by side, for one would wait for itself.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private double Slope(T* gradient, T* move)
    {
        double a = 0, b = 0, c = 0, d = 0;
        var k = 0;
        for (; k + 4 <= _rank; k += 4)
        {
            a += double.CreateTruncating(gradient[k]) * double.CreateTruncating(move[k]);
            b += double.CreateTruncating(gradient[k + 1]) * double.CreateTruncating(move[k + 1]);
            c += double.CreateTruncating(gradient[k + 2]) * double.CreateTruncating(move[k + 2]);
            d += double.CreateTruncating(gradient[k + 3]) * double.CreateTruncating(move[k + 3]);
        }

        for (; k < _rank; k++)
            a += double.CreateTruncating(gradient[k]) * double.CreateTruncating(move[k]);
        return (a + b) + (c + d);
    }
}
