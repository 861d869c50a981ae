using Nmf.Kernels;

namespace Microsoft.ML.Transforms.Onnx;

/// <summary>How a nonnegative quadratic problem is split: penalty ρ, relaxation α and the number of iterations that the
/// cheapest of a few choices needs on rows that the dictionary might meet, compared with their exact
/// solutions.</summary>
/// <remarks>The iteration converges linearly, at best with the square root of the condition number of G; how fast
/// depends on the dictionary and hardly on the row, so that trying it costs less than bounding it.</remarks>
internal sealed class SplittingPlan
{
    private const double Tolerance = 1e-5;
    private const double Certain = 1e-7;
    private const double Margin = 1.4;
    private const double SmallestPenalty = 0.01;

    // Relaxation, ρ in units of the geometric mean of the extreme eigenvalues, nodes of an iteration.
    private static readonly (double Relaxation, double Penalty, int Nodes)[] Choices =
        [(2, 1, 2), (2, 0.7, 2), (2, 1.4, 2), (1.6, 0.5, 4), (1.6, 0.3, 4), (1.6, 1, 4)];

    private readonly int _rank;

    private SplittingPlan(double[] gram, int rank, double relaxation, double penalty)
    {
        (_rank, Relaxation) = (rank, relaxation);
        var shifted = (double[])gram.Clone();
        for (var k = 0; k < rank; k++)
            shifted[(k * rank) + k] += penalty;
        Inverse = PositiveDefinite.Inverse(shifted, rank);
        Step = new double[rank * rank];
        for (var a = 0; a < rank; a++)
        {
            for (var b = 0; b < rank; b++)
                Step[(a * rank) + b] = relaxation * ((penalty * Inverse[(a * rank) + b]) - (a == b ? 0.5 : 0));
        }
    }

    /// <summary>(G + ρ)⁻¹.</summary>
    public double[] Inverse { get; }

    /// <summary>P: what |s| is multiplied by.</summary>
    public double[] Step { get; }

    /// <summary>α.</summary>
    public double Relaxation { get; }

    /// <summary>1 - α/2: what s is multiplied by.</summary>
    public double Keep => 1 - (Relaxation / 2);

    /// <summary>Number of iterations.</summary>
    public int Iterations { get; private set; }

    /// <summary>Largest difference of an activation of the rows from its solution after the most iterations, relative
    /// to the largest activation of the row; 0 where the plan is as close as it is meant to be.</summary>
    public double Shortfall { get; private set; }

    /// <summary>Tries the choices.</summary>
    /// <param name="gram">G, K x K, with a diagonal of ones.</param>
    /// <param name="products">c of the rows, row-major.</param>
    /// <param name="rank">K.</param>
    /// <param name="most">Most iterations.</param>
    public static SplittingPlan Find(double[] gram, double[] products, int rank, int most)
    {
        var largest = PositiveDefinite.LargestEigenvalue(gram, rank, 0);
        var smallest = largest - PositiveDefinite.LargestEigenvalue(gram, rank, largest);
        var unit = Math.Sqrt(largest * Math.Max(0, smallest));
        var solutions = Solve(gram, products, rank);
        SplittingPlan? best = null;
        var (cost, worst) = (int.MaxValue, double.PositiveInfinity);
        foreach (var (relaxation, share, nodes) in Choices)
        {
            var plan = new SplittingPlan(gram, rank, relaxation, Math.Max(SmallestPenalty, share * unit));
            var limit = Math.Min(most, cost / nodes);
            var (iterations, error) = plan.Try(products, solutions, limit);
            if (error <= Tolerance ? iterations * nodes < cost : best is null || (worst > Tolerance && error < worst))
            {
                plan.Shortfall = error <= Tolerance ? 0 : error;
                plan.Iterations = error <= Tolerance ? Math.Min(most, (int)(Margin * iterations) + 2) : most;
                (best, worst, cost) = (plan, error, error <= Tolerance ? iterations * nodes : int.MaxValue);
            }
        }

        return best!;
    }

    private static unsafe double[] Solve(double[] gram, double[] products, int rank)
    {
        var solutions = new double[products.Length];
        var scratch = new double[ActiveSetQuadratic.ScratchLength(rank)];
        fixed (double* g = gram, q = products, h = solutions, memory = scratch)
        {
            for (var row = 0; row < products.Length; row += rank)
                _ = ActiveSetQuadratic.Solve(g, rank, q + row, rank, h + row, memory, 10 * rank);
        }

        return solutions;
    }

    // The first iteration from which on every row is as close to its solution as asked for, and the error after the
    // last iteration, relative to the largest activation of the row.
    private (int Iterations, double Error) Try(double[] products, double[] solutions, int limit)
    {
        var (iterations, error) = (0, 0.0);
        var (drive, state, magnitude) = (new double[_rank], new double[_rank], new double[_rank]);
        for (var row = 0; row < products.Length; row += _rank)
        {
            var exact = solutions.AsSpan(row, _rank);
            double scale = double.Epsilon;
            foreach (var value in exact)
                scale = Math.Max(scale, value);
            Multiply(products.AsSpan(row, _rank), Inverse, Relaxation, drive);
            drive.CopyTo(state.AsSpan());
            double difference = 0;
            for (var i = 1; i <= limit; i++)
            {
                for (var k = 0; k < _rank; k++)
                    magnitude[k] = Math.Abs(state[k]);
                for (var k = 0; k < _rank; k++)
                    state[k] = drive[k] + (Keep * state[k]);
                Multiply(magnitude, Step, 1, state, add: true);
                difference = 0;
                for (var k = 0; k < _rank; k++)
                    difference = Math.Max(difference, Math.Abs(Math.Max(state[k], 0) - exact[k]) / scale);
                if (difference > Tolerance)
                    iterations = Math.Max(iterations, i + 1);
                else if (difference < Certain)
                    break;
            }

            error = Math.Max(error, difference);
        }

        return (iterations, error);
    }

    private static void Multiply(
        ReadOnlySpan<double> x, double[] matrix, double factor, Span<double> y, bool add = false)
    {
        if (!add)
            y.Clear();
        for (var a = 0; a < x.Length; a++)
        {
            var scale = factor * x[a];
            var row = matrix.AsSpan(a * x.Length, x.Length);
            for (var b = 0; b < row.Length; b++)
                y[b] += scale * row[b];
        }
    }
}
