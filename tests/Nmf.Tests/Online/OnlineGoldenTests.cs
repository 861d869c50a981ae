using System.Text.Json;
using Nmf.Kernels;

namespace Nmf.Tests;

/// <summary>Batch for batch the same dictionary and cost as an independent program
/// (tests/goldens/make_online_goldens.py).</summary>
public sealed class OnlineGoldenTests
{
    private static readonly Goldens Reference = JsonSerializer.Deserialize<Goldens>(
        File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "online.json")), JsonSerializerOptions.Web)!;

    [Theory]
    [InlineData(0)]
    [InlineData(0.5)]
    [InlineData(1)]
    [InlineData(1.5)]
    [InlineData(2)]
    [InlineData(3)]
    public void Double_agrees_with_the_reference(double beta) => AssertAgrees<double>(beta, 1e-9);

    [Theory]
    [InlineData(0)]
    [InlineData(0.5)]
    [InlineData(1)]
    [InlineData(1.5)]
    [InlineData(2)]
    [InlineData(3)]
    public void Float_agrees_with_the_reference(double beta) => AssertAgrees<float>(beta, 2e-4);

    private static void AssertAgrees<T>(double beta, double tolerance)
        where T : unmanaged, System.Numerics.IBinaryFloatingPointIeee754<T>
    {
        var golden = Assert.Single(Reference.Cases, c => c.Beta == beta);
        var options = new OnlineNmfOptions
        {
            Rank = Reference.Rank, Beta = beta, BatchSize = Reference.BatchSize, StartWeight = 0, Threads = 2,
            Learning = new()
            {
                Update = OnlineUpdate.MajorizationMinimization, Forgetting = Reference.Forgetting,
                ForgettingPeriod = Reference.Samples, InnerIterations = Reference.InnerIterations, InnerTolerance = 0,
            },
        };
        var start = Matrix<T>.FromRowMajor(Convert<T>(Reference.StartDictionary), Reference.Features, Reference.Rank);
        var data = NmfData<T>.FromDense(Convert<T>(Reference.Data), Reference.Samples, Reference.Features);
        using var learner = new OnlineNmf<T>(options, start);
        for (var pass = 0; pass < Reference.Passes; pass++)
        {
            double cost = 0;
            foreach (var batch in NmfBatchSource.FromData(data).Read(options.BatchSize, 0, default))
            {
                cost += learner.PartialFit(batch);
            }

            Assert.Equal(golden.Costs[pass], cost, tolerance * golden.Costs[pass]);
        }

        var dictionary = learner.CopyDictionary();
        var none = new Matrix<T>(0, Reference.Rank);
        Components.Rescale(dictionary, none, ComponentScale.UnitSum);
        var largest = golden.Dictionary.Max();
        Assert.All(
            golden.Dictionary.Zip(dictionary.ToRowMajor()),
            pair => Assert.Equal(pair.First, double.CreateChecked(pair.Second), tolerance * largest));
    }

    private static T[] Convert<T>(double[] values)
        where T : unmanaged, System.Numerics.IBinaryFloatingPointIeee754<T>
        => Array.ConvertAll(values, T.CreateChecked);

    private sealed record Goldens(
        int Samples, int Features, int Rank, int BatchSize, int Passes, int InnerIterations, double Forgetting,
        double[] Data, double[] StartDictionary, Case[] Cases);

    private sealed record Case(double Beta, double[] Costs, double[] Dictionary);
}
