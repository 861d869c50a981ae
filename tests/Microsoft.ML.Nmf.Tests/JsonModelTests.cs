using System.Text.Json.Nodes;
using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Transforms;
using Nmf;

namespace MLNmf.Tests;

/// <summary>Models of every problem as JSON: what is read transforms to the same bits, or it is said why not.</summary>
public sealed class JsonModelTests
{
    private const int Rank = 3;

    private static readonly (string Name, Action<NmfEstimator.Options> Set)[] Kinds =
    [
        ("β = 2", o => o.Problem = 2), ("β = 1.5", o => o.Problem = 1.5), ("β = 1", o => o.Problem = 1),
        ("β = 0.5", o => o.Problem = 0.5), ("β = 0", o => o.Problem = 0), ("β = 3", o => o.Problem = 3),
        ("ℓ1", o => o.Problem = new BetaNmf(1) { Penalties = [new L1Penalty(0.3)] }),
        ("ℓ1 and ℓ2", o => o.Problem = new BetaNmf(2) { Penalties = [new L1Penalty(0.1), new L2Penalty(0.2)] }),
        ("log", o => o.Problem = new BetaNmf(2) { Penalties = [new LogPenalty(0.1, 0.01)] }),
        ("groups", o => o.Problem = new BetaNmf(1) { Penalties = [new GroupPenalty([[0, 2], [1]], 0.3, 0.1)] }),
        ("known", o => o.Problem = new BetaNmf(2)
        {
            Known = KnownComponents.FromColumns([[1f, 2, 3, 4, 5, 6]]).Named(["rising"]),
        }),
        ("relevance", o => o.Problem = new AutomaticRelevance(1)),
        ("α-divergence", o => o.Problem = new MeasureNmf(new AlphaDivergence(0.7))),
        ("Bernoulli", o => o.Problem = new MeasureNmf(new BernoulliLikelihood(2, 2))),
        ("robust", o =>
        {
            o.Problem = new RobustNmf(1);
            (o.OutlierScoreColumnName, o.OutlierColumnName) = ("Score", "Outliers");
        }),
        ("robust entries", o => o.Problem = new RobustNmf(2, 0.5, OutlierKind.Entries)),
        ("abundances", o => o.Problem = new AbundanceNmf()),
        ("missing", o => (o.MissingValues, o.ImputedColumnName) = (MissingValues.NaN, "Filled")),
        ("absent", o => o.AbsentEntries = AbsentEntries.Missing),
        ("tolerance", o => (o.NegativeTolerance, o.NameMismatch) = (0.5f, NameMismatch.Ignore)),
        ("inference", o => o.Inference = new() { Tolerance = 1e-2, MaximumIterations = 3 }),
    ];

    public static TheoryData<string> Names { get; } = [.. Kinds.Select(kind => kind.Name)];

    [Theory]
    [MemberData(nameof(Names))]
    public void A_model_that_was_read_transforms_to_the_same_bits(string name)
    {
        var ml = new MLContext(seed: 1);
        var options = new NmfEstimator.Options
        {
            OutputColumnName = "H", InputColumnName = "V", Rank = Rank, Seed = 3,
            Iterations = new() { MaximumIterations = 40 },
        };
        Kinds.Single(kind => kind.Name == name).Set(options);
        var (training, others) = (View(ml, 1, name), View(ml, 2, name));
        var fitted = ml.Transforms.NonnegativeMatrixFactorization(options).Fit(training);
        Same(ml, fitted, others);
        // What the editing of a model leaves is a model too.
        if (name is "ℓ1" or "groups" or "β = 1")
            Same(ml, fitted.Model.Reorder(2, 0, 1).Named(["a", "b", "c"]).ToTransformer(ml, "H", "V"), others);
    }

    private static void Same(MLContext ml, NmfTransformer fitted, IDataView others)
    {
        var json = fitted.Model.ToJson();
        var model = NmfModelParameters.FromJson(json);
        Assert.Equal(json, model.ToJson());
        Assert.Equal(fitted.Model.Problem.ToString(), model.Problem.ToString());
        Assert.Equal(fitted.Model.ComponentNames, model.ComponentNames);
        Assert.Equal(Bits(fitted.Transform(others)), Bits(model.ToTransformer(ml, "H", "V").Transform(others)));
        var (stored, version) = (JsonNode.Parse(json)!["sections"], (int)JsonNode.Parse(json)!["version"]!);
        Assert.Equal(stored is null ? 1 : 2, version);

        static int[][] Bits(IDataView view)
            => [.. view.GetColumn<float[]>("H").Select(row => Array.ConvertAll(row, BitConverter.SingleToInt32Bits))];
    }

    [Fact]
    public void What_JSON_cannot_hold_is_refused_with_the_reason()
    {
        var ml = new MLContext(seed: 1);
        var view = View(ml, 1, "β = 1");
        var bregman = ml.Transforms.NonnegativeMatrixFactorization(new NmfEstimator.Options
        {
            OutputColumnName = "H", InputColumnName = "V", Rank = Rank,
            Problem = new MeasureNmf(new BregmanDivergence(new MeasureTests.CubicGenerator())),
        }).Fit(view).Model;
        Assert.Contains(
            "generator CubicGenerator, which is a class", Assert.Throws<NotSupportedException>(bregman.ToJson).Message,
            StringComparison.Ordinal);
        var smooth = ml.Transforms.SmoothNmf("H", "V", rank: Rank).Fit(view).Model;
        Assert.Contains(
            "sequence", Assert.Throws<NotSupportedException>(smooth.ToJson).Message, StringComparison.Ordinal);
        var marginal = ml.Transforms.MarginalLikelihoodNmf("H", "V", rank: Rank).Fit(view).Model;
        Assert.Contains(
            "prior", Assert.Throws<NotSupportedException>(marginal.ToJson).Message, StringComparison.Ordinal);
    }

    private static IDataView View(MLContext ml, int seed, string name)
    {
        var random = new Random(seed);
        float[][] parts = [[1, 2, 3, 4, 5, 6], [6, 1, 1, 1, 1, 2], [1, 1, 7, 7, 1, 1]];
        var rows = Enumerable.Range(0, 25).Select(i =>
        {
            var h = parts.Select(_ => random.NextSingle()).ToArray();
            float Noisy(float value) => (value * (0.9f + (0.2f * random.NextSingle()))) + 0.01f;
            float[] values =
                [.. Enumerable.Range(0, 6).Select(f => Noisy(parts.Select((part, k) => h[k] * part[f]).Sum()))];
            if (name == "Bernoulli")
                values = Array.ConvertAll(values, value => value > 5 ? 1f : 0);
            if (name == "missing")
                values[i % 6] = float.NaN;
            if (name == "tolerance" && i == 3)
                values[0] = -0.2f;
            return new Row { V = values };
        }).ToList();
        return ml.Data.LoadFromEnumerable(rows);
    }

    private sealed class Row
    {
        [VectorType(6)]
        public float[] V { get; set; } = [];
    }
}
