using System.Numerics;
using System.Numerics.Tensors;
using System.Runtime.CompilerServices;

namespace Nmf.Kernels;

/// <summary>
/// The update under a quadratic penalty: x = new / old is the minimiser of the majoriser of d_β plus <c>κ x² / 2</c>,
/// where κ is the gradient of the penalty at the old value. β = 1: κ x² + pos x = neg; β = 0: κ x³ + pos x² = neg; β =
/// 2: x = neg / (pos + κ). Other β: the penalty, or the increasing part of the majoriser, is bounded by a power of the
/// other's degree, so that x is a power again.
/// </summary>
internal sealed unsafe partial class FactorUpdate<T>
{
    // From at most √2 times the root, Newton's method on a convex cubic has every digit of a double after six steps.
    private const int NewtonSteps = 6;

    private T* _curvature;
    private double _beta;

    public void Run(
        Matrix<T> factor, Matrix<T> negative, Matrix<T> positive, Matrix<T> curvature, double beta, WorkTeam team)
    {
        _curvature = curvature.Data;
        _beta = beta;
        Run(factor, negative, positive, beta <= 2 ? 1 / (3 - beta) : 1 / (beta - 1), team);
        _curvature = null;
        GC.KeepAlive(curvature);
    }

    private void Roots(T* negative, T* positive, T* curvature, T* ratios, int count)
    {
        switch (_beta)
        {
            case 1:
                QuadraticRoots(negative, positive, curvature, ratios, count);
                break;
            case 0:
                CubicRoots(negative, positive, curvature, ratios, count);
                break;
            default:
                var sums = stackalloc T[Chunk];
                TensorPrimitives.Add(
                    new ReadOnlySpan<T>(positive, count), new ReadOnlySpan<T>(curvature, count),
                    new Span<T>(sums, count));
                Ratios(negative, sums, ratios, count);
                Raise(new Span<T>(ratios, count), _exponent);
                break;
        }
    }

    // 2 neg / (pos + √(pos² + 4 κ neg)), the form without cancellation.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void QuadraticRoots(T* negative, T* positive, T* curvature, T* ratios, int count)
    {
        var four = T.CreateChecked(4);
        for (var j = 0; j < count; j++)
        {
            var q = positive[j];
            ratios[j] = (q * q) + (four * curvature[j] * negative[j]);
        }

        TensorPrimitives.Sqrt(new ReadOnlySpan<T>(ratios, count), new Span<T>(ratios, count));
        for (var j = 0; j < count; j++)
        {
            var denominator = positive[j] + ratios[j];
            ratios[j] = denominator > T.Zero ? (negative[j] + negative[j]) / denominator
                : denominator == T.Zero ? (curvature[j] == T.Zero ? T.One : T.Zero) : denominator;
        }
    }

    // Both √(neg / pos) and ∛(neg / κ) are at or above the root, the smaller at most √2 times:
    // Newton's method descends to it.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void CubicRoots(T* negative, T* positive, T* curvature, T* ratios, int count)
    {
        var cubes = stackalloc T[Chunk];
        for (var j = 0; j < count; j++)
        {
            ratios[j] = negative[j] / positive[j];
            cubes[j] = negative[j] / curvature[j];
        }

        TensorPrimitives.Sqrt(new ReadOnlySpan<T>(ratios, count), new Span<T>(ratios, count));

        // Only a start, and by vectors, which the cube root is not.
        TensorPrimitives.Pow(new ReadOnlySpan<T>(cubes, count), T.CreateTruncating(1.0 / 3), new Span<T>(cubes, count));
        for (var j = 0; j < count; j++)
        {
            if (negative[j] == T.Zero || (positive[j] == T.Zero && curvature[j] == T.Zero))
            {
                ratios[j] = positive[j] == T.Zero && curvature[j] == T.Zero ? T.One : T.Zero;
                continue;
            }

            var x = T.MinNumber(ratios[j], cubes[j]);
            for (var i = 0; i < NewtonSteps; i++)
            {
                var (square, cube) = (positive[j] * x, curvature[j] * x * x);
                x = (((cube + cube + square) * x) + negative[j]) / ((T.CreateTruncating(3) * cube) + square + square);
            }

            ratios[j] = x;
        }
    }
}
