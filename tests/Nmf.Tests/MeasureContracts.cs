using System.Numerics;
using System.Numerics.Tensors;
using Nmf.Kernels;

namespace Nmf.Tests;

public abstract class AlphaContract(double alpha) : ModelContract
{
    protected override NmfOptions Options(int rank) => new() { Rank = rank, Problem = new AlphaDivergence(alpha) };
}

public sealed class NegativeAlphaContract() : AlphaContract(-1);

public sealed class ReversedKullbackLeiblerContract() : AlphaContract(0);

public sealed class HellingerContract() : AlphaContract(0.5);

public sealed class KullbackLeiblerAlphaContract() : AlphaContract(1);

public sealed class PearsonContract() : AlphaContract(2);

public sealed class BregmanItakuraSaitoContract : ModelContract
{
    protected override NmfOptions Options(int rank)
        => new() { Rank = rank, Problem = new BregmanDivergence(new ItakuraSaitoGenerator()) };
}

public sealed class BregmanEuclideanContract : ModelContract
{
    protected override NmfOptions Options(int rank)
        => new() { Rank = rank, Problem = new BregmanDivergence(new EuclideanGenerator()) };
}

/// <summary>Data between 0 and 1: the updates leave the domain now and then, so that the guard has work.</summary>
public sealed class LogisticContract : ModelContract
{
    protected override NmfOptions Options(int rank)
        => new() { Rank = rank, Problem = new BregmanDivergence(new LogisticGenerator()) };

    protected override double[] Data(int samples, int features, bool zeros, int seed)
        => Shares.Of(base.Data(samples, features, zeros, seed));

    protected override NmfStart<T> Start<T>(int samples, int features, int rank, int seed)
    {
        var start = base.Start<T>(samples, features, rank, seed);
        for (var n = 0; n < samples; n++)
            TensorPrimitives.Multiply(start.Activations!.Row(n), T.CreateChecked(0.15), start.Activations.Row(n));
        return start;
    }
}

public sealed class BernoulliContract : ModelContract
{
    protected override bool ZeroSamplesAreFittedByZeros => false;

    // The columns sum to one: a component without activations may have all its weight there.
    protected override bool ZeroFeaturesAreFittedByZeros => false;

    protected override bool FitsAnything => false;

    protected override NmfOptions Options(int rank) => new() { Rank = rank, Problem = new BernoulliLikelihood() };

    protected override double[] Data(int samples, int features, bool zeros, int seed)
    {
        var values = base.Data(samples, features, false, seed);
        var typical = values.Order().ElementAt(values.Length / 3);
        return Array.ConvertAll(values, v => v >= typical ? 1.0 : 0.0);
    }

    protected override NmfStart<T> Start<T>(int samples, int features, int rank, int seed)
        => Shares.Start(base.Start<T>(samples, features, rank, seed));
}

/// <summary>With a prior, and data between 0 and 1 that are not binary.</summary>
public sealed class BernoulliPriorContract : ModelContract
{
    protected override bool ZeroSamplesAreFittedByZeros => false;

    // The columns sum to one: a component without activations may have all its weight there.
    protected override bool ZeroFeaturesAreFittedByZeros => false;

    protected override bool FitsAnything => false;

    // The prior pulls away from what fits the data exactly.
    protected override bool ExactDataAreFixed => false;

    protected override NmfOptions Options(int rank)
        => new() { Rank = rank, Problem = new BernoulliLikelihood(1.2, 1.5) };

    protected override double[] Data(int samples, int features, bool zeros, int seed)
        => Shares.Of(base.Data(samples, features, zeros, seed));

    protected override NmfStart<T> Start<T>(int samples, int features, int rank, int seed)
        => Shares.Start(base.Start<T>(samples, features, rank, seed));
}

public abstract class RobustContract(double beta, double lambda, OutlierKind kind, NmfSolver solver = NmfSolver.Auto)
    : ModelContract
{
    // The outlier part has to be found at every entry anyway.
    protected override bool TakesSparseData => true;

    protected override NmfOptions Options(int rank) => new() { Rank = rank, Problem = new RobustNmf(
        beta, lambda, kind), Solver = solver, Inference = new() { Tolerance = 1e-4 } };

    protected override double RestTolerance => 1e-4;

    // A solver begins with a bound of the outliers.
    private protected override double ObjectiveOf(NmfData<double> data, NmfStart<double> factors, WorkTeam team)
        => Options(factors.Dictionary.Columns).Problem
            .Evaluate(data, factors.Dictionary, factors.Activations!, null, team).Value;
}

public sealed class RobustEuclideanSamplesContract() : RobustContract(2, 2, OutlierKind.Samples);

public sealed class RobustEuclideanEntriesContract() : RobustContract(2, 1, OutlierKind.Entries);

public sealed class RobustKullbackLeiblerSamplesContract() : RobustContract(1, 2, OutlierKind.Samples);

public sealed class RobustKullbackLeiblerEntriesContract() : RobustContract(1, 0.5, OutlierKind.Entries);

public sealed class RobustOrdinaryBetaSamplesContract() : RobustContract(1.3, 1, OutlierKind.Samples);

public sealed class RobustOrdinaryBetaEntriesContract() : RobustContract(1.3, 0.7, OutlierKind.Entries);

public sealed class RobustItakuraSaitoSamplesContract() : RobustContract(0, 2, OutlierKind.Samples);

public sealed class RobustItakuraSaitoEntriesContract()
    : RobustContract(0, 0.5, OutlierKind.Entries, NmfSolver.MajorizationMinimization);

file static class Shares
{
    public static double[] Of(double[] values)
    {
        var largest = values.Max();
        return Array.ConvertAll(values, v => 0.9 * v / largest);
    }

    public static NmfStart<T> Start<T>(NmfStart<T> start)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        for (var f = 0; f < start.Dictionary.Rows; f++)
            TensorPrimitives.Divide(
                start.Dictionary.Row(f), TensorPrimitives.Sum<T>(start.Dictionary.Row(f)), start.Dictionary.Row(f));
        for (var n = 0; n < start.Activations!.Rows; n++)
            TensorPrimitives.Multiply(start.Activations.Row(n), T.CreateChecked(0.8), start.Activations.Row(n));
        return start;
    }
}
