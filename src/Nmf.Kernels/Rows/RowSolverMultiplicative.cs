using System.Numerics;
using Nmf.Kernels.Simd;

namespace Nmf.Kernels;

/// <summary>
/// Activations of one row for any β by multiplicative updates, <c>h ← h (neg / pos)^γ</c> from a flat start (Févotte
/// and Idier 2011). γ = 1 for 0 ≤ β ≤ 2, and the exponent of majorisation-minimisation otherwise and under a penalty,
/// which adds its gradient to pos, so that the objective never increases. Every feature is visited, zero or not.
/// Convergence is linear: hundreds of updates are usual.
/// </summary>
internal sealed unsafe class MultiplicativeRows<TVector, TSimd, T> : RowAlgorithm<T>
    where TVector : unmanaged
    where TSimd : struct, ISimd<TVector, T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    private const int Chunk = 64;
    private const int UpdatesPerCheck = 4;

    private readonly RowDictionary<T> _dictionary;
    private readonly double _beta;
    private readonly double _exponent;
    private readonly double _tolerance;
    private readonly int _maximumIterations;
    private readonly T _floor;
    private readonly PreparedRowPenalty? _penalty;

    public MultiplicativeRows(
        RowDictionary<T> dictionary, double beta, double tolerance, int maximumIterations, PreparedRowPenalty? penalty)
    {
        _penalty = penalty;
        (_dictionary, _beta, _tolerance, _maximumIterations) = (dictionary, beta, tolerance, maximumIterations);
        _exponent = beta > 2 ? 1 / (beta - 1)
            : penalty is null ? (beta < 0 ? 1 / (2 - beta) : 1)
            : penalty.Quadratic.Any(weight => weight > 0) ? 1 / (3 - beta)
            : beta < 1 ? 1 / (2 - beta) : 1;

        // The row is scaled to order one. The floor is as low as y^(β-3), the steepest power, allows without overflow.
        var largest = sizeof(T) == sizeof(float) ? 32 : 280;
        _floor = T.CreateChecked(Math.Max(1e-16, Math.Pow(10, -largest / Math.Max(1, 3 - beta))));
    }

    public override int Solve(int count, RowSolver<T>.Scratch scratch)
    {
        var (features, rank) = (_dictionary.Features, _dictionary.Rank);
        var stride = _dictionary.Rows.Stride;
        var v = scratch.Elements(features + (4 * stride) + 64);
        var h = v + ((features + 15) / 16 * 16);
        var negative = h + stride;
        var positive = negative + stride;
        var curvature = positive + stride;
        double mass = 0;
        new Span<T>(v, features).Clear();
        for (var j = 0; j < count; j++)
        {
            v[scratch.Indices[j]] = scratch.Values[j];
            mass += double.CreateTruncating(scratch.Values[j]);
        }

        _dictionary.ScaleFeatures(v);

        new Span<T>(h, (int)stride).Clear();
        for (var k = 0; k < rank; k++)
            h[k] = _dictionary.Sums[k] > 0 ? T.CreateTruncating(mass / _dictionary.Total) : T.Zero;
        var iteration = 1;
        for (; iteration <= _maximumIterations; iteration++)
        {
            var check = iteration % UpdatesPerCheck == 0 || iteration == _maximumIterations;
            Gradient(v, h, negative, positive, check ? curvature : null);
            if (_penalty is not null)
                AddPenalty(_penalty, scratch.Exponent, h, positive, check ? curvature : null);
            if (check && IsDone(h, negative, positive, curvature))
                break;
            Update(h, negative, positive);
        }

        scratch.Converged = iteration <= _maximumIterations;
        for (var k = 0; k < rank; k++)
            scratch.H[k] = double.CreateTruncating(h[k]);
        return int.Min(iteration, _maximumIterations);
    }

    private void Gradient(T* v, T* h, T* negative, T* positive, T* curvature)
    {
        var stride = _dictionary.Rows.Stride;
        var y = stackalloc T[Chunk];
        var power = stackalloc T[Chunk];
        var weights = stackalloc T[Chunk];
        var rows = stackalloc T*[Chunk];
        new Span<T>(negative, (int)stride).Clear();
        new Span<T>(positive, (int)stride).Clear();
        if (curvature != null)
            new Span<T>(curvature, (int)stride).Clear();
        for (var f = 0; f < _dictionary.Features; f += Chunk)
        {
            var count = int.Min(Chunk, _dictionary.Features - f);
            for (var j = 0; j < count; j++)
                rows[j] = _dictionary.Rows.Data + ((f + j) * stride);
            FactorRows<TVector, TSimd, T>.Dots(h, rows, count, stride, y);
            for (var j = 0; j < count; j++)
                y[j] = T.Max(y[j], _floor);
            ModelPower<T>.Compute(y, power, count, _beta - 2);
            for (var j = 0; j < count; j++)
                weights[j] = v[f + j] * power[j];
            FactorRows<TVector, TSimd, T>.Combine(weights, rows, count, stride, negative);
            if (curvature != null)
                AddCurvature(v + f, y, power, rows, count, curvature);
            for (var j = 0; j < count; j++)
                power[j] *= y[j];
            FactorRows<TVector, TSimd, T>.Combine(power, rows, count, stride, positive);
        }
    }

    // The gradient, all of it positive; and the curvature of the quadratic part. A logarithm has none that is convex.
    private static void AddPenalty(PreparedRowPenalty penalty, int exponent, T* h, T* positive, T* curvature)
    {
        var scale = penalty.ForRow(exponent);
        for (var k = 0; k < penalty.Linear.Length; k++)
        {
            var quadratic = scale.Quadratic * penalty.Quadratic[k];
            positive[k] += T.CreateSaturating(
                (scale.Linear * penalty.Linear[k]) + (quadratic * double.CreateTruncating(h[k])));
            if (curvature != null)
                curvature[k] += T.CreateSaturating(quadratic);
        }

        foreach (var group in penalty.Groups)
        {
            var sum = scale.GroupOffset * group.Offset;
            for (var i = 0; i < group.Components.Length; i++)
                sum += group.Scales[i] * double.CreateTruncating(h[group.Components[i]]);
            var weight = scale.GroupWeight * group.Weight / sum;
            for (var i = 0; i < group.Components.Length; i++)
                positive[group.Components[i]] += T.CreateSaturating(weight * group.Scales[i]);
        }
    }

    // Σ_f w² times the convex part of the second derivative of d_β(v | y) with respect to y.
    private void AddCurvature(T* v, T* y, T* power, T** rows, int count, T* curvature)
    {
        var ofData = T.CreateTruncating(_beta <= 2 ? 2 - _beta : 0);
        var ofModel = T.CreateTruncating(_beta >= 1 ? _beta - 1 : 0);
        for (var j = 0; j < count; j++)
        {
            var weight = TSimd.Broadcast(power[j] * ((ofData * v[j] / y[j]) + ofModel));
            for (nint k = 0; k < _dictionary.Rows.Stride; k += TSimd.Count)
            {
                var w = TSimd.Load(rows[j] + k);
                TSimd.Store(curvature + k, TSimd.MultiplyAdd(TSimd.Multiply(w, w), weight, TSimd.Load(curvature + k)));
            }
        }
    }

    private bool IsDone(T* h, T* negative, T* positive, T* curvature)
    {
        double moved = 0, largest = 0;
        for (var k = 0; k < _dictionary.Rank; k++)
        {
            var x = double.CreateTruncating(h[k]);
            largest = Math.Max(largest, x);
            var gradient = double.CreateTruncating(positive[k]) - double.CreateTruncating(negative[k]);
            var second = double.CreateTruncating(curvature[k]);
            moved = Math.Max(moved, second > 0 ? Math.Abs(Math.Min(x, gradient / second)) : gradient > 0 ? x : 0);
        }

        return moved <= _tolerance * largest;
    }

    private void Update(T* h, T* negative, T* positive)
    {
        for (var k = 0; k < _dictionary.Rank; k++)
        {
            if (positive[k] <= T.Zero)
                continue;
            var ratio = double.CreateTruncating(negative[k]) / double.CreateTruncating(positive[k]);
            h[k] *= T.CreateTruncating(_exponent == 1 ? ratio : Math.Pow(ratio, _exponent));
        }
    }
}
