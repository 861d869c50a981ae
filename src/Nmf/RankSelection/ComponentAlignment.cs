using System.Numerics;
using System.Numerics.Tensors;
using Nmf.Kernels;

namespace Nmf;

/// <summary>
/// The components of several runs brought into one order, and how alike they are: a component that every run finds is a
/// fact about the data, one that comes and goes is not.
/// </summary>
/// <remarks>
/// Every run is matched to the mean directions of the components by optimal assignment with the cosine distance, so
/// that each group has exactly one component of each run; the means are then taken anew, until no match changes (at
/// most ten times; the means begin as one of the runs). This is the clustering with which mutational signatures are
/// extracted (Alexandrov, Nik-Zainal, Wedge, Campbell and Stratton 2013). Takes O(S F K²) time for S runs and a copy of
/// the dictionaries in double.
/// </remarks>
public sealed class ComponentAlignment
{
    private const int MaximumRounds = 10;

    private ComponentAlignment(int[][] componentOf, double[] stability, double[] silhouettes)
        => (ComponentOf, Stability, Silhouettes) = (componentOf, stability, silhouettes);

    /// <summary>For every run: its component in group k, for k from 0 to K - 1. Groups have the order of the reference
    /// run's components.</summary>
    public IReadOnlyList<IReadOnlyList<int>> ComponentOf { get; }

    /// <summary>For every group the mean cosine of its components in two different runs: 1 when all runs
    /// found the same.</summary>
    public IReadOnlyList<double> Stability { get; }

    /// <summary>For every group the mean silhouette of its components with the cosine distance; empty for
    /// one component.</summary>
    public IReadOnlyList<double> Silhouettes { get; }

    /// <summary>Mean of <see cref="Stability"/>.</summary>
    public double MeanStability => Stability.Average();

    /// <summary>Mean of <see cref="Silhouettes"/>; NaN for one component.</summary>
    public double MeanSilhouette => Silhouettes.DefaultIfEmpty(double.NaN).Average();

    /// <summary>Aligns runs.</summary>
    /// <param name="dictionaries">At least two dictionaries of the same shape, features x K.</param>
    /// <param name="reference">Which run gives the order.</param>
    /// <param name="cancellationToken">Looked at for every run.</param>
    /// <exception cref="ArgumentException">There are fewer than two runs, or their shapes differ.</exception>
    public static ComponentAlignment Of<T>(
        IReadOnlyList<Matrix<T>> dictionaries, int reference = 0, CancellationToken cancellationToken = default)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        ArgumentNullException.ThrowIfNull(dictionaries);
        if (dictionaries.Count < 2)
            throw new ArgumentException(
                $"There is nothing to align: {dictionaries.Count} run(s).", nameof(dictionaries));
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(
            (uint)reference, (uint)dictionaries.Count, nameof(reference));
        var (features, rank) = (dictionaries[0].Rows, dictionaries[0].Columns);
        for (var run = 1; run < dictionaries.Count; run++)
        {
            if (dictionaries[run].Rows != features || dictionaries[run].Columns != rank)
            {
                throw new ArgumentException(
                    $"Run {run} has {dictionaries[run].Rows} features x {dictionaries[run].Columns} components, "
                    + $"but run 0 has {features} x {rank}.", nameof(dictionaries));
            }
        }

        if (rank == 0)
            throw new ArgumentException("The dictionaries have no components.", nameof(dictionaries));
        var directions = dictionaries.Select(d => ComponentDistances.Directions(d)).ToArray();
        var componentOf = Match(directions, reference, cancellationToken);
        var sums = Sums(directions, componentOf);
        return new ComponentAlignment(
            componentOf, StabilityOf(directions, componentOf, sums),
            SilhouettesOf(directions, componentOf, sums, cancellationToken));
    }

    private static int[][] Match(double[][][] directions, int reference, CancellationToken cancellationToken)
    {
        int[][]? previous = null;
        var means = directions[reference];
        for (var round = 0; ; round++)
        {
            var matched = new int[directions.Length][];
            for (var run = 0; run < directions.Length; run++)
            {
                cancellationToken.ThrowIfCancellationRequested();
                matched[run] = OptimalAssignment.Minimize(Costs(means, directions[run]));
            }

            // The order of the groups is that of the reference, whatever the means have drifted to.
            if (!matched[reference].SequenceEqual(Enumerable.Range(0, means.Length)))
                matched = InOrderOf(matched, reference);
            if (round == MaximumRounds
                || (previous is not null && previous.Zip(matched).All(pair => pair.First.SequenceEqual(pair.Second))))
            {
                return matched;
            }
            previous = matched;
            means = Sums(directions, matched);
            foreach (var mean in means)
                ComponentDistances.Normalize(mean);
        }
    }

    private static int[][] InOrderOf(int[][] matched, int reference)
    {
        var groupOf = new int[matched[reference].Length];
        for (var group = 0; group < groupOf.Length; group++)
            groupOf[matched[reference][group]] = group;
        return [.. matched.Select(run => groupOf.Select(group => run[group]).ToArray())];
    }

    private static double[,] Costs(double[][] means, double[][] components)
    {
        var costs = new double[means.Length, components.Length];
        for (var group = 0; group < means.Length; group++)
        {
            for (var k = 0; k < components.Length; k++)
                costs[group, k] = 1 - TensorPrimitives.Dot<double>(means[group], components[k]);
        }

        return costs;
    }

    private static double[][] Sums(double[][][] directions, int[][] componentOf)
    {
        var sums = new double[componentOf[0].Length][];
        for (var group = 0; group < sums.Length; group++)
        {
            sums[group] = new double[directions[0][0].Length];
            for (var run = 0; run < directions.Length; run++)
                TensorPrimitives.Add(sums[group], directions[run][componentOf[run][group]], sums[group]);
        }

        return sums;
    }

    // The sum over all pairs of a group is the squared norm of its sum less the squared norms.
    private static double[] StabilityOf(double[][][] directions, int[][] componentOf, double[][] sums)
        => [.. sums.Select((sum, group) =>
        {
            var squares =
                directions.Select((run, r) => TensorPrimitives.SumOfSquares<double>(run[componentOf[r][group]])).Sum();
            return Math.Clamp(
                (TensorPrimitives.SumOfSquares<double>(sum)
                    - squares) / (directions.Length * (directions.Length - 1.0)),
                0, 1);
        })];

    // With the cosine distance the sum of the distances to the members of a group is their number less
    // the product with their sum.
    private static double[] SilhouettesOf(
        double[][][] directions, int[][] componentOf, double[][] sums, CancellationToken cancellationToken)
    {
        if (sums.Length < 2)
            return [];
        var sizes = new int[sums.Length];
        Array.Fill(sizes, directions.Length);
        var toGroups = new double[sums.Length];
        var silhouettes = new double[sums.Length];
        for (var run = 0; run < directions.Length; run++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            for (var own = 0; own < sums.Length; own++)
            {
                var component = directions[run][componentOf[run][own]];
                for (var group = 0; group < sums.Length; group++)
                    toGroups[group] = Math.Max(0, sizes[group] - TensorPrimitives.Dot<double>(component, sums[group]));
                // Not a distance to itself: that would be 0, or 1 for a component of zeros.
                toGroups[own] = Math.Max(0, toGroups[own] - (1 - TensorPrimitives.SumOfSquares<double>(component)));
                silhouettes[own] += Silhouette.Value(own, toGroups, sizes) / directions.Length;
            }
        }

        return silhouettes;
    }
}
