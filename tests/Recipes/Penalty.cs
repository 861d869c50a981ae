using System.Numerics;
using Nmf;
using Nmf.Kernels;
using Nmf.Tests;

namespace Recipes;

/// <summary>
/// A penalty in one file: later components cost more, <c>λ Σ_k k s_k t_k</c> with s_k and t_k the sums of w_k and h_k,
/// so that the data are explained by the first ones where they can be.
/// </summary>
internal sealed record OrderPenalty(double Lambda) : NmfPenalty(Lambda)
{
    // A component is known by its number, so the model must not sort them.
    internal override bool NamesComponents => true;

    // A fit computes in a unit of its own: the weight is that of the user's.
    internal override NmfPenalty InUnit(double size, double divergence)
        => this with { Weight = Weight * Math.Pow(2, size - divergence) };

    internal override FactorPenalty<T> CreateTerm<T>(bool guarded, int rank, int samples) => new OrderTerm<T>(Weight);

    internal override string Describe() => $"{base.Describe()} }}";
}

/// <summary>What the solver asks of the penalty. It is linear in each factor, hence its own majoriser.</summary>
internal sealed class OrderTerm<T>(double weight) : FactorPenalty<T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    public override double Value(PenaltyPoint<T> at)
    {
        double sum = 0;
        for (var k = 0; k < at.SumW.Length; k++)
            sum += k * at.SumW[k] * at.SumH[k];
        return weight * sum;
    }

    public override void AddForActivations(PenaltyPoint<T> at, PenaltyTerms<T> terms) => Add(terms, at.SumW);

    public override void AddForDictionary(PenaltyPoint<T> at, PenaltyTerms<T> terms) => Add(terms, at.SumH);

    // What transform adds to the divergence of a row.
    public override RowPenalty ForRows(PenaltyPoint<T> at)
        => new() { Linear = [.. at.SumW.Select((s, k) => weight * k * s)] };

    private void Add(PenaltyTerms<T> terms, double[] otherSums)
    {
        for (var k = 0; k < otherSums.Length; k++)
            terms.Linear[k] += weight * k * otherSums[k];
    }
}

/// <summary>
/// A quadratic penalty, <c>λ/2 Σ h²</c>. What a term adds to <see cref="PenaltyTerms{T}.Quadratic"/> makes the update
/// the root of a quadratic; that it is one, and that it bounds H, the record says for what it is combined with.
/// </summary>
internal sealed record SquarePenalty(double Lambda) : NmfPenalty(Lambda)
{
    internal override PenalizedFactor? Bounds => PenalizedFactor.Activations;

    internal override bool IsQuadratic => true;

    internal override NmfPenalty InUnit(double size, double divergence)
        => this with { Weight = Weight * Math.Pow(2, (2 * size) - divergence) };

    internal override FactorPenalty<T> CreateTerm<T>(bool guarded, int rank, int samples)
        => new SquareTerm<T>(Weight, rank);

    internal override string Describe() => $"{base.Describe()} }}";
}

internal sealed class SquareTerm<T>(double weight, int rank) : FactorPenalty<T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    // A step allocates nothing.
    private readonly double[] _squares = new double[rank];

    // It changes when a column of W is multiplied and that of H divided.
    public override bool IsScaleFree => false;

    public override double Value(PenaltyPoint<T> at)
    {
        FactorKernels.ColumnSumsOfSquares(at.H, _squares, at.Team);
        return 0.5 * weight * _squares.Sum();
    }

    public override void AddForActivations(PenaltyPoint<T> at, PenaltyTerms<T> terms)
    {
        for (var k = 0; k < rank; k++)
            terms.Quadratic[k] += weight;
    }

    public override void AddForDictionary(PenaltyPoint<T> at, PenaltyTerms<T> terms)
    {
    }

    public override RowPenalty ForRows(PenaltyPoint<T> at)
        => new() { Quadratic = [.. Enumerable.Repeat(weight, rank)] };
}

public sealed class SquarePenaltyContract : ModelContract
{
    protected override bool IsPenalized => true;

    protected override NmfOptions Options(int rank) => Options(rank, new SquarePenalty(0.5));

    [Fact]
    public void It_is_the_librarys_own()
    {
        var data = Dense<double>(Values, Samples, Features);
        var model = NmfFactorizer.Fit(data, Options(Rank));
        var own = NmfFactorizer.Fit(data, Options(Rank, new L2Penalty(0.5)));
        Assert.Equal(own.Activations.ToRowMajor(), model.Activations.ToRowMajor());
        Assert.Equal(own.Report.Objective, model.Report.Objective);
    }

    private static NmfOptions Options(int rank, NmfPenalty penalty) => new()
    {
        Rank = rank,
        Problem = new BetaNmf(1) { Penalties = [penalty, new L1Penalty(0.2) { Factor = PenalizedFactor.Dictionary }] },
    };
}

public sealed class OrderPenaltyContract : ModelContract
{
    protected override bool IsPenalized => true;

    protected override NmfOptions Options(int rank)
        => new() { Rank = rank, Problem = new BetaNmf(1) { Penalties = [new OrderPenalty(0.05)] } };

    [Fact]
    public void A_heavy_penalty_leaves_the_last_component_less()
    {
        var data = Dense<double>(Values, Samples, Features);
        double LastShare(double weight)
        {
            var model = NmfFactorizer.Fit(
                data, Options(Rank) with { Problem = new BetaNmf(1) { Penalties = [new OrderPenalty(weight)] } });
            return model.Contributions[^1];
        }

        Assert.True(LastShare(1) < 0.5 * LastShare(1e-6));
    }
}
