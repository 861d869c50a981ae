using Nmf.Kernels;

namespace Nmf.Tests.CoFactorisation;

/// <summary>Views with common activations, and solvers of given starts.</summary>
internal static class CoFixture
{
    /// <summary>Two views of the same activations, of 29 and 13 features, with noise of their own; positive.</summary>
    public static double[][] Views(int samples, int rank, int seed, params int[] features)
    {
        var random = new Random(seed);
        double Draw() => -Math.Log(1 - random.NextDouble());
        var h = Enumerable.Range(0, samples * rank).Select(_ => Draw() * Draw()).ToArray();
        return [.. features.Select(count =>
        {
            var w = Enumerable.Range(0, count * rank).Select(_ => Draw() * Draw()).ToArray();
            var values = new double[samples * count];
            for (var i = 0; i < values.Length; i++)
            {
                var y = 0.01;
                for (var k = 0; k < rank; k++)
                    y += h[(i / count * rank) + k] * w[(i % count * rank) + k];
                values[i] = y * (0.5 + random.NextDouble());
            }

            return values;
        })];
    }

    public static NmfData<T>[] Dense<T>(double[][] views, int samples)
        where T : unmanaged, System.Numerics.IBinaryFloatingPointIeee754<T>
        => [.. views.Select(view => TestData.DenseObserved<T>(view, samples, view.Length / samples))];

    public static CoNmfOptions Options(ViewCoupling coupling, int rank, params double[] betas) => new()
    {
        Rank = rank, Coupling = coupling, Views = [.. betas.Select(beta => new CoNmfView { Beta = beta })],
    };

    /// <summary>A solver from random factors.</summary>
    public static CoSolver<T> Solver<T>(NmfData<T>[] views, CoNmfOptions options, WorkTeam team, int seed = 1)
        where T : unmanaged, System.Numerics.IBinaryFloatingPointIeee754<T>
    {
        options.Validate(views.Length);
        var data = CoupledData<T>.Of(views, options);
        var (dictionaries, activations) = CoStart.Random(data, options.Rank, seed, 0);
        return options.Coupling is SoftCoupling soft
            ? new SoftCoSolver<T>(
                data, dictionaries,
                [activations, .. data.Skip(1).Select((_, v) => CoStart.Random(data, options.Rank, seed, v + 1)
                    .Activations)],
                soft, options.Scaling, team)
            : new SharedCoSolver<T>(data, dictionaries, activations, team);
    }

    public static double[][] Factors(CoSolver<double> solver)
        => [.. solver.Dictionaries.Concat(solver.Activations).Select(factor => factor.ToRowMajor())];
}
