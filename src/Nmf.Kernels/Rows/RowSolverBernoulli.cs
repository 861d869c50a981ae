using System.Numerics;
using Nmf.Kernels.Dense;
using Nmf.Kernels.Simd;

namespace Nmf.Kernels;

/// <summary>
/// Activations of one row of binary data, 0 ≤ h ≤ 1, for a dictionary whose rows sum to one: <c>h ← C/(C + D)</c> with
/// <c>C = h Wᵀ(v/y) + a - 1</c> and <c>D = (1-h) Wᵀ((1-v)/(1-y)) + b - 1</c> (Magron and Févotte 2022). 1 - h has
/// memory of its own: as a difference it would lose its digits near 1.
/// </summary>
internal sealed unsafe class BernoulliRows<TVector, TSimd, T>(
    RowDictionary<T> dictionary, BernoulliKernel likelihood, RowSolverOptions options)
    : RowAlgorithm<T>
    where TVector : unmanaged
    where TSimd : struct, ISimd<TVector, T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    private const int Chunk = 64;
    private const int UpdatesPerCheck = 4;

    private readonly T _floor = ModelFloor.Of<T>(1);

    public override bool SolvesZeros => true;

    public override int Solve(int count, RowSolver<T>.Scratch scratch)
    {
        var (features, rank, stride) = (dictionary.Features, dictionary.Rank, dictionary.Rows.Stride);
        var v = scratch.Elements(features + (6 * stride) + 64);
        var h = v + ((features + 15) / 16 * 16);
        var rest = h + stride;
        var sums = rest + stride;
        new Span<T>(v, features).Clear();
        for (var j = 0; j < count; j++)
            v[scratch.Indices[j]] = scratch.Values[j];
        new Span<T>(h, (int)(2 * stride)).Clear();
        new Span<T>(h, rank).Fill(T.CreateChecked(0.5));
        new Span<T>(rest, rank).Fill(T.CreateChecked(0.5));
        var iteration = 1;
        for (; iteration <= options.MaximumIterations; iteration++)
        {
            Gradient(v, h, rest, sums);
            if ((iteration % UpdatesPerCheck == 0 || iteration == options.MaximumIterations) && IsDone(h, rest, sums))
                break;
            Update(h, rest, sums);
        }

        scratch.Converged = iteration <= options.MaximumIterations;
        for (var k = 0; k < rank; k++)
            scratch.H[k] = double.CreateTruncating(h[k]);
        return int.Min(iteration, options.MaximumIterations);
    }

    // Four sums over features: of the ones, of the zeros, and the two together with squared weights.
    private void Gradient(T* v, T* h, T* rest, T* sums)
    {
        var stride = dictionary.Rows.Stride;
        var y = stackalloc T[Chunk];
        var z = stackalloc T[Chunk];
        var rows = stackalloc T*[Chunk];
        new Span<T>(sums, (int)(3 * stride)).Clear();
        for (var f = 0; f < dictionary.Features; f += Chunk)
        {
            var count = int.Min(Chunk, dictionary.Features - f);
            for (var j = 0; j < count; j++)
                rows[j] = dictionary.Rows.Data + ((f + j) * stride);
            FactorRows<TVector, TSimd, T>.Dots(h, rows, count, stride, y);
            FactorRows<TVector, TSimd, T>.Dots(rest, rows, count, stride, z);
            for (var j = 0; j < count; j++)
            {
                var (one, zero) = (T.Max(_floor, y[j]), T.Max(_floor, z[j]));
                (y[j], z[j]) = (v[f + j] / one, (T.One - v[f + j]) / zero);
                AddSquares(rows[j], (y[j] / one) + (z[j] / zero), sums + (2 * stride));
            }

            FactorRows<TVector, TSimd, T>.Combine(y, rows, count, stride, sums);
            FactorRows<TVector, TSimd, T>.Combine(z, rows, count, stride, sums + stride);
        }
    }

    private void AddSquares(T* row, T weight, T* sum)
    {
        var factor = TSimd.Broadcast(weight);
        for (nint k = 0; k < dictionary.Rows.Stride; k += TSimd.Count)
        {
            var w = TSimd.Load(row + k);
            TSimd.Store(sum + k, TSimd.MultiplyAdd(TSimd.Multiply(w, w), factor, TSimd.Load(sum + k)));
        }
    }

    private void Update(T* h, T* rest, T* sums)
    {
        for (var k = 0; k < dictionary.Rank; k++)
        {
            var ones = (double.CreateTruncating(h[k]) * double.CreateTruncating(sums[k])) + (likelihood.A - 1);
            var zeros = (double.CreateTruncating(rest[k]) * double.CreateTruncating(sums[dictionary.Rows.Stride + k]))
                + (likelihood.B - 1);
            if (!(ones + zeros > 0))
                continue;
            h[k] = T.CreateTruncating(ones / (ones + zeros));
            rest[k] = T.CreateTruncating(zeros / (ones + zeros));
        }
    }

    private bool IsDone(T* h, T* rest, T* sums)
    {
        double moved = 0;
        for (var k = 0; k < dictionary.Rank; k++)
        {
            var (x, complement) = (double.CreateTruncating(h[k]), double.CreateTruncating(rest[k]));
            var gradient = double.CreateTruncating(sums[dictionary.Rows.Stride + k]) - double.CreateTruncating(sums[k]);
            var curvature = double.CreateTruncating(sums[(2 * dictionary.Rows.Stride) + k]);
            if (likelihood.A > 1)
                (gradient, curvature) = (gradient - ((likelihood.A - 1) / x),
                    curvature + ((likelihood.A - 1) / (x * x)));
            if (likelihood.B > 1)
                (gradient, curvature) = (gradient + ((likelihood.B - 1) / complement),
                    curvature + ((likelihood.B - 1) / (complement * complement)));
            if (curvature > 0)
                moved = Math.Max(moved, Math.Abs(Math.Clamp(gradient / curvature, -complement, x)));
        }

        return moved <= options.Tolerance;
    }
}
