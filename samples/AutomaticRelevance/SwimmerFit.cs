using System.Diagnostics;
using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Transforms;
using Nmf;

namespace AutomaticRelevance;

/// <summary>One fit to the swimmers: from 32 components, with the Kullback-Leibler divergence, as
/// counts ask for.</summary>
internal sealed record SwimmerFit(
    double Shape, int Seed, RelevancePrior Prior, NmfTransformer Transformer, TimeSpan Elapsed)
{
    public const int StartingRank = 32;

    public NmfModelParameters Model => Transformer.Model;

    public static SwimmerFit Run(MLContext context, IDataView pictures, double shape, int seed, RelevancePrior prior)
    {
        var start = Stopwatch.GetTimestamp();
        var estimator = context.Transforms.AutomaticRelevanceNmf(new NmfEstimator.Options
        {
            OutputColumnName = "Parts",
            InputColumnName = nameof(Picture.Counts),
            Rank = StartingRank,
            Problem = new Nmf.AutomaticRelevance(BetaDivergence.KullbackLeibler) { Prior = prior, Shape = shape },
            Seed = seed,
        });
        return new SwimmerFit(shape, seed, prior, estimator.Fit(pictures), Stopwatch.GetElapsedTime(start));
    }

    /// <summary>The pictures as ML.NET wants them.</summary>
    public static IDataView View(MLContext context, float[][] pictures)
        => context.Data.LoadFromEnumerable(pictures.Select(counts => new Picture { Counts = counts }).ToArray());

    private sealed class Picture
    {
        [VectorType(Swimmer.Pixels)]
        public float[] Counts { get; set; } = [];
    }
}
