using System.Numerics;
using System.Runtime.CompilerServices;
using Nmf.Kernels.Simd;

namespace Nmf.Kernels;

/// <summary>
/// Kullback-Leibler activations of one row: <c>min Σ_k s_k h_k - Σ_j v_j log y_j</c> with y = W h at the non-zeros and s the column sums of
/// W. Coordinate sweeps with damped scalar Newton steps (Hien and Gillis 2021) find which activations are positive; Newton steps on
/// those, cut at the boundary and shortened where they overshoot, finish.
/// </summary>
/// <remarks>
/// The rows of W at the non-zeros are gathered once, transposed, so that a component is contiguous over the non-zeros. Without damping a
/// coordinate step can increase the objective without bound; damping needs the smallest positive value of the row.
/// </remarks>
internal sealed unsafe class PoissonRows<TVector, TSimd, T>(RowDictionary<T> dictionary, double tolerance, int maximumIterations)
    : RowAlgorithm<T>
    where TVector : unmanaged
    where TSimd : struct, ISimd<TVector, T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    private const int SweepsBeforeNewton = 3;

    // Steps with a smaller Newton decrement decrease a self-concordant function undamped.
    private const double SafeDecrement = 0.6838;

    private static readonly T Floor = T.CreateChecked(1e-16);

    public override int Solve(int count, RowSolver<T>.Scratch scratch)
    {
        var problem = new PoissonRow<TVector, TSimd, T>(dictionary, count, scratch);
        var nextNewton = SweepsBeforeNewton;
        for (var sweep = 1; sweep <= maximumIterations; sweep++)
        {
            problem.ComputeModel();
            if (Sweep(ref problem))
                return sweep;
            if (sweep == nextNewton)
            {
                problem.NewtonStep();
                nextNewton += 2;
            }
        }

        scratch.Converged = false;
        return maximumIterations;
    }

    /// <summary>One pass over the components.</summary>
    /// <returns>Whether no undamped step exceeded the tolerance.</returns>
    private bool Sweep(ref PoissonRow<TVector, TSimd, T> problem)
    {
        var h = problem.H;
        double moved = 0, largest = 0;
        for (var k = 0; k < dictionary.Rank; k++)
        {
            var column = problem.Column(k);
            var (first, second) = Derivatives(problem.V, problem.Y, column, problem.Length);
            var gradient = dictionary.Sums[k] - first;

            // Without curvature the column does not meet the non-zeros: the activation only adds mass.
            var next = second > 0 ? Math.Max(0, h[k] - (gradient / second)) : 0;
            moved = Math.Max(moved, Math.Abs(next - h[k]));
            var step = next - h[k];
            if (gradient > 0)
            {
                var decrement = problem.Concordance * Math.Sqrt(second) * -step;
                if (decrement > SafeDecrement)
                    step /= 1 + decrement;
            }

            if (step != 0)
            {
                h[k] += step;
                Move(problem.Y, column, T.CreateChecked(step), problem.Length);
            }

            largest = Math.Max(largest, h[k]);
        }

        return moved <= tolerance * largest;
    }

    // Σ w v / y and Σ w² v / y².
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static (double First, double Second) Derivatives(T* v, T* y, T* column, int length)
    {
        TVector first = TSimd.Zero, second = TSimd.Zero;
        for (var j = 0; j < length; j += TSimd.Count)
        {
            var t = TSimd.Divide(TSimd.Load(column + j), TSimd.Load(y + j));
            var u = TSimd.Multiply(t, TSimd.Load(v + j));
            first = TSimd.Add(first, u);
            second = TSimd.MultiplyAdd(t, u, second);
        }

        return (double.CreateTruncating(TSimd.Sum(first)), double.CreateTruncating(TSimd.Sum(second)));
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Move(T* y, T* column, T step, int length)
    {
        var (s, floor) = (TSimd.Broadcast(step), TSimd.Broadcast(Floor));
        for (var j = 0; j < length; j += TSimd.Count)
            TSimd.Store(y + j, TSimd.Max(floor, TSimd.MultiplyAdd(s, TSimd.Load(column + j), TSimd.Load(y + j))));
    }
}
