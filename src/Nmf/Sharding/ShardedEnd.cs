using System.Numerics;
using Nmf.Kernels;

namespace Nmf;

/// <summary>
/// What makes a model of a fit with shards once its iterations have ended: unit, scale and order of the components, the
/// activations, which the shards infer, and figures of merit, which are sums over shards. What
/// <see cref="NmfModel{T}"/> does with the activations at hand.
/// </summary>
internal sealed record ShardedEnd<T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    /// <summary>W of the model.</summary>
    public required Matrix<T> Dictionary { get; init; }

    /// <summary>The objective of the model in the unit of the data.</summary>
    public required double Objective { get; init; }

    /// <summary>The part of the data that it explains.</summary>
    public required double ExplainedPart { get; init; }

    /// <summary>Shares of the components.</summary>
    public required double[] Contributions { get; init; }

    /// <summary>What inference adds to the divergence of a row, or null.</summary>
    public RowPenalty? Penalty { get; init; }

    /// <summary>Number of rows that inference has left unsolved.</summary>
    public int Unsolved { get; init; }

    /// <summary>Relevances, or null.</summary>
    public ComponentRelevance? Relevance { get; init; }

    /// <summary>Ends a fit: afterwards the shards have the activations of the model.</summary>
    /// <param name="coordinator">The fit.</param>
    /// <param name="options">The user's options.</param>
    /// <param name="facts">All data in the user's unit.</param>
    /// <param name="unit">The unit of the fit.</param>
    /// <param name="iterations">How many there were.</param>
    /// <param name="team">Threads to use.</param>
    public static ShardedEnd<T> Run(
        ShardCoordinator<T> coordinator, NmfOptions options, ShardFacts facts, FitUnit unit, int iterations,
        WorkTeam team)
    {
        var (problem, rank) = (options.Problem, options.Rank);
        var columns = coordinator.Columns();
        var terms = coordinator.Terms(columns);
        var (w, scale) = (coordinator.W.Clone(), new double[rank]);
        Array.Fill(scale, 1);
        var (sums, squares) = (columns[..rank], columns[rank..]);

        // Where the convention decides the scale of W, its small entries need not pass through the unit of the data.
        var isFixed = problem.IsScaleFree && options.Scale != ComponentScale.None;
        var (restored, exponent) = (w.Clone(), isFixed ? unit.Data : unit.Activations);
        FitUnit.Scale(restored, unit.Dictionary);
        terms = problem.TermsOf(
            terms, unit, restored, Array.ConvertAll(sums, s => s * FitUnit.Power(unit.Activations)),
            Array.ConvertAll(squares, s => s * FitUnit.Power(2 * unit.Activations)), team);
        if (!isFixed)
            w = restored;
        int[] kept = terms.Relevance is null ? [.. Enumerable.Range(0, rank)] : NmfModel<T>.RelevantComponents(terms);
        w = Components.Select(w, kept);
        sums = Array.ConvertAll(kept, k => sums[k]);
        var penalty = terms.Penalty?.Reordered(kept);
        Components.ClearUnobserved(facts.Summary.ObservedFeatures, w);
        if (problem.IsScaleFree)
        {
            scale = Components.Rescale(w, sums, options.Scale);
            penalty = penalty?.Rescaled(
                isFixed ? Array.ConvertAll(scale, s => s * Math.Pow(2, unit.Dictionary)) : scale);
        }

        scale = scale[..kept.Length];
        int[] order = [.. Enumerable.Range(0, kept.Length)];
        if (terms.SortsComponents)
        {
            order = Components.Order(
                Components.Contributions(w, [.. sums.Zip(scale, (sum, factor) => sum * factor)]));
        }

        w = Components.Select(w, order);
        penalty = penalty?.Reordered(order);
        var inUnit = facts.InUnit(unit.Data);
        var constant = inUnit.Mean;
        var ending = new ShardEnding(
            [.. order.Select(k => kept[k])], [.. order.Select(k => scale[k])], exponent, penalty,
            InfersAtEnd(facts, options, penalty, iterations), constant, unit.Data, unit.Dictionary);
        var answer = new ShardSums<T>(order.Length + 3);
        coordinator.End(w, ending, answer);
        var numbers = answer.Numbers;
        return new ShardedEnd<T>
        {
            Dictionary = w,
            Objective = problem.DivergenceOf(numbers[^3], unit),
            ExplainedPart = ConstantModel.ExplainedPart(
                numbers[^3], numbers[^2],
                inUnit.Summary.Weight * Math.Pow(constant, problem.Entry.UnitPower ?? 1)),
            Contributions = Components.Contributions(w, numbers[..order.Length]),
            Penalty = penalty,
            Unsolved = (int)numbers[^1],
            Relevance = terms.Relevance is null ? null
                : NmfModel<T>.RelevanceOf(terms, [.. order.Select(k => kept[k])], rank),
        };
    }

    // As in a fit that is not cut, where no penalty ties rows.
    private static bool InfersAtEnd(ShardFacts facts, NmfOptions options, RowPenalty? penalty, int iterations)
        => options.Problem.IsInferenceConvex && !facts.HasElementWeights
            && (penalty is null || (penalty.Groups.Count == 0 && !facts.HasWeights))
            && (options.InfersActivations || !options.Problem.MayKeepActivations || facts.HasWeights
                || iterations == 0);
}
