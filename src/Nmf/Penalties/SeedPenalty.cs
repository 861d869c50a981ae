using System.Numerics;
using Nmf.Kernels;

namespace Nmf;

/// <summary>
/// Guided components: a Dirichlet prior that gives some features, the seeds, to a component,
/// <c>-Σ_k Σ_{f∈seeds(k)} a_f log(w_fk / Σ_f' w_f'k)</c>. For β = 1 it acts as a_f occurrences of the feature, over all
/// samples, that are known to be the component's (pseudo-counts; Jagarlamudi, Daumé and Udupa, "Incorporating lexical
/// priors into topic models", 2012). The start has the seeds already: a component with seeds begins as what is around
/// them, the sum of the samples weighted by their seeds.
/// </summary>
/// <remarks>
/// <para>The weight of this penalty is a share of the data and not absolute: <c>a_f = weight · Σ_n v_nf</c>, for other
/// β in their unit, times (Σ v² / Σ v)^(β-1). With 1 a seed is held as firmly as all its occurrences hold it; with 0
/// nothing is added to the divergence, and there is only the start. Components keep their order.</para>
/// <para>The scale of W does not matter to it, it says nothing of activations, and inference is that without it. Goes
/// with all penalties but quadratic ones for β above 1, and not with annealing.</para>
/// </remarks>
public sealed record SeedPenalty : NmfPenalty
{
    /// <summary>The weight that is recommended: on four collections of labelled texts agreement with the labels is
    /// within its scatter from 0 to 0.3, and falls above 1; docs/topics.md.</summary>
    public const double DefaultWeight = 0.3;

    // Of the weight of a component in a start.
    private const double EvenShare = 0.1;

    /// <summary>Seeds of the first components.</summary>
    /// <param name="seeds">For every component its features; an empty list leaves it free, as are the components behind
    /// the last list. A feature may be a seed of several components.</param>
    /// <param name="weight">How firmly seeds are held, at least 0.</param>
    public SeedPenalty(IReadOnlyList<IReadOnlyList<int>> seeds, double weight = DefaultWeight)
        : base(weight)
    {
        ArgumentNullException.ThrowIfNull(seeds);
        Seeds = [.. seeds.Select(features => features.ToArray())];
    }

    /// <summary>For every component its features.</summary>
    public IReadOnlyList<IReadOnlyList<int>> Seeds { get; }

    internal override bool NamesComponents => true;

    internal override bool HasLogarithms => true;

    /// <summary>a_f of the seeds, once there are data.</summary>
    private double[][]? Amounts { get; init; }

    // What its weight is a share of is in the unit of the data already.
    internal override NmfPenalty InUnit(double size, double divergence) => this;

    // It says nothing of rows, which are asked for without data.
    internal override FactorPenalty<T>? CreateTerm<T>(bool guarded, int rank, int samples)
        => Amounts is null ? null : new SeedTerm<T>([.. Seeds.Select(features => features.ToArray())], Amounts);

    /// <summary>The penalty for given data.</summary>
    /// <param name="data">Data.</param>
    /// <param name="beta">β.</param>
    internal SeedPenalty OfData<T>(NmfData<T> data, double beta)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var sums = new double[data.Features];
        for (var n = 0; n < data.Samples; n++)
        {
            ReadOnlySpan<T> values = data.Dense is { } dense ? dense.Row(n) : data.Sparse!.RowValues(n);
            ReadOnlySpan<int> indices = data.IsSparse ? data.Sparse!.RowIndices(n) : default;
            var entries = data.EntryWeights(n);
            var weight = data.SampleWeight(n);
            for (var j = 0; j < values.Length; j++)
            {
                if (!T.IsNaN(values[j]))
                    sums[indices.IsEmpty ? j : indices[j]] += weight * double.CreateTruncating(values[j])
                        * (entries.IsEmpty ? 1 : double.CreateTruncating(entries[j]));
            }
        }

        var size = Weight * Math.Pow(data.SumOfSquares / data.Sum, beta - 1);
        return this with { Amounts = [.. Seeds.Select(features => features.Select(f => size * sums[f]).ToArray())] };
    }

    /// <summary>Makes a start of the seeds: a component with seeds begins as the sum of the samples, each times the sum
    /// of its seeds, over a flat ground, and all activations are equal, so that nothing but the seeds decides where a
    /// component goes first.</summary>
    internal void PutInto<T>(NmfStart<T> start, NmfData<T> data)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var (w, h) = (start.Dictionary, start.Activations!);
        var (sums, levels) = (new double[w.Columns], new double[h.Columns]);
        FactorKernels.ColumnSums(w, sums);
        FactorKernels.ColumnSums(h, levels);
        var level = T.CreateChecked(levels.Sum() / levels.Length / h.Rows);
        for (var n = 0; n < h.Rows; n++)
            h.Row(n).Fill(level);
        var around = AroundSeeds(data);
        for (var k = 0; k < Seeds.Count; k++)
        {
            if (Seeds[k].Count == 0)
                continue;
            var total = around[k].Sum();
            for (var f = 0; f < w.Rows; f++)
            {
                var share = (EvenShare / w.Rows) + (total > 0 ? (1 - EvenShare) * around[k][f] / total : 0);
                w[f, k] = T.CreateChecked(sums[k] * share);
            }

            // Seeds that no sample has are there all the same.
            foreach (var feature in Seeds[k])
                w[feature, k] = T.Max(w[feature, k], T.CreateChecked(EvenShare * sums[k] / Seeds[k].Count));
        }
    }

    // For every component with seeds the sum of the samples, each times the sum of its seeds.
    private double[][] AroundSeeds<T>(NmfData<T> data)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        double[][] around = [.. Seeds.Select(features => features.Count > 0 ? new double[data.Features] : [])];
        var row = new T[data.Features];
        for (var n = 0; n < data.Samples; n++)
        {
            ReadOnlySpan<T> values = data.Dense is { } dense ? dense.Row(n) : data.Sparse!.RowValues(n);
            ReadOnlySpan<int> indices = data.IsSparse ? data.Sparse!.RowIndices(n) : default;
            for (var j = 0; j < values.Length; j++)
                row[indices.IsEmpty ? j : indices[j]] = T.IsNaN(values[j]) ? T.Zero : values[j];
            for (var k = 0; k < around.Length; k++)
            {
                double seeds = 0;
                foreach (var feature in Seeds[k])
                    seeds += double.CreateTruncating(row[feature]);
                for (var j = 0; j < values.Length && seeds > 0; j++)
                {
                    var feature = indices.IsEmpty ? j : indices[j];
                    around[k][feature] += seeds * double.CreateTruncating(row[feature]);
                }
            }

            if (indices.IsEmpty && !data.IsSparse)
                continue;
            foreach (var feature in indices)
                row[feature] = T.Zero;
        }

        return around;
    }

    internal void RequireFeatures(int features)
    {
        for (var k = 0; k < Seeds.Count; k++)
        {
            foreach (var feature in Seeds[k])
                Require(
                    feature < features,
                    $"Component {k} has the seed {feature}, but the data have the features 0 to {features - 1}.");
        }
    }

    internal override void Validate(int rank, double beta)
    {
        base.Validate(rank, beta);
        Require(
            Seeds.Count <= rank, $"There are seeds for {Seeds.Count} components, but the rank is {rank}. "
            + "There must be no more of them than the rank.");
        for (var k = 0; k < Seeds.Count; k++)
        {
            foreach (var feature in Seeds[k])
                Require(feature >= 0, $"Component {k} has the seed {feature}. Features are counted from 0.");
            Require(
                Seeds[k].Distinct().Count() == Seeds[k].Count, $"A seed of component {k} is there twice.");
        }
    }

    internal override string Describe()
        => $"{base.Describe()}, Seeds = {string.Join("; ", Seeds.Select(of => string.Join(", ", of)))} }}";
}
