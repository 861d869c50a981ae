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
    }

    private static int[][] Bits(IDataView view, string column = "H")
        => [.. view.GetColumn<float[]>(column).Select(row => Array.ConvertAll(row, BitConverter.SingleToInt32Bits))];

    [Theory]
    [InlineData("smooth")]
    [InlineData("smooth against the previous")]
    [InlineData("dynamical system")]
    public void A_model_of_sequences_comes_back_as_one(string name)
    {
        var ml = new MLContext(seed: 1);
        var (training, others) = (View(ml, 1, name), View(ml, 2, name));
        var fitted = (name switch
        {
            "smooth" => ml.Transforms.SmoothNmf("H", "V", rank: Rank, smoothness: 3),
            "dynamical system" => ml.Transforms.DynamicalSystemNmf("H", "V", rank: Rank),
            _ => ml.Transforms.SmoothNmf(new()
            {
                OutputColumnName = "H", InputColumnName = "V", Rank = Rank, ComponentSmoothness = [1, 0, 5],
                Direction = SmoothnessDirection.CurrentAgainstPrevious,
            }),
        }).Fit(training);
        var json = fitted.Model.ToJson();
        var model = NmfModelParameters.FromJson(json);
        Assert.Equal(json, model.ToJson());
        var back = model.ToSequenceTransformer(ml, "H", "V");
        Assert.Equal(Bits(fitted.Transform(others)), Bits(back.Transform(others)));
        Assert.Equal(fitted.Transitions, back.Transitions);
        Assert.Equal(fitted.Smoothness, back.Smoothness);
        // Rows on their own would be another model.
        Assert.Contains(
            "ToSequenceTransformer",
            Assert.Throws<InvalidOperationException>(() => fitted.Model.ToTransformer(ml, "H", "V")).Message,
            StringComparison.Ordinal);
        Assert.Throws<InvalidOperationException>(() => model.ToMarginalLikelihoodTransformer(ml, "H", "V"));
    }

    [Theory]
    [InlineData(MarginalNoise.Poisson)]
    [InlineData(MarginalNoise.Exponential)]
    public void A_model_of_marginal_likelihood_comes_back_with_its_priors(MarginalNoise noise)
    {
        var ml = new MLContext(seed: 1);
        var (training, others) = (View(ml, 1, "counts"), View(ml, 2, "counts"));
        var fitted = ml.Transforms.MarginalLikelihoodNmf(new()
        {
            OutputColumnName = "H", InputColumnName = "V", DeviationColumnName = "Deviation",
            LogLikelihoodColumnName = "Likelihood", Rank = Rank, Noise = noise,
            Iterations = new() { MaximumIterations = 30 },
        }).Fit(training);
        var json = fitted.Model.ToJson();
        var model = NmfModelParameters.FromJson(json);
        Assert.Equal(json, model.ToJson());
        var back = model.ToMarginalLikelihoodTransformer(ml, "H", "V", "Deviation", "Likelihood");
        var (expected, actual) = (fitted.Transform(others), back.Transform(others));
        Assert.Equal(Bits(expected), Bits(actual));
        Assert.Equal(Bits(expected, "Deviation"), Bits(actual, "Deviation"));
        Assert.Equal(expected.GetColumn<float>("Likelihood"), actual.GetColumn<float>("Likelihood"));
        Assert.Equal((fitted.StartingRank, fitted.Noise), (back.StartingRank, back.Noise));
        Assert.Contains(
            "ToMarginalLikelihoodTransformer",
            Assert.Throws<InvalidOperationException>(() => model.ToTransformer(ml, "H", "V")).Message,
            StringComparison.Ordinal);
        Assert.Throws<InvalidOperationException>(() => model.ToSequenceTransformer(ml, "H", "V"));
        Assert.Throws<ArgumentException>(() => model.ToMarginalLikelihoodTransformer(ml, "H", "V", "H"));
    }

    [Fact]
    public void A_generator_is_found_by_its_name_where_it_is_registered()
    {
        var ml = new MLContext(seed: 1);
        var view = View(ml, 1, "β = 1");
        Same(ml, Fit(new LogisticGenerator(), View(ml, 1, "Bernoulli")), View(ml, 2, "Bernoulli"));
        var own = Fit(new MeasureTests.CubicGenerator(), view);
        var json = own.Model.ToJson();
        Assert.Contains(
            "'MLNmf.Tests.Cubic', which is not registered",
            Assert.Throws<InvalidOperationException>(() => NmfModelParameters.FromJson(json)).Message,
            StringComparison.Ordinal);
        ml.ComponentCatalog.RegisterAssembly(typeof(MeasureTests.CubicGenerator).Assembly);
        var back = NmfModelParameters.FromJson(json, ml).ToTransformer(ml, "H", "V");
        Assert.Equal(Bits(own.Transform(view)), Bits(back.Transform(view)));

        NmfTransformer Fit(IBregmanGenerator generator, IDataView rows) => ml.Transforms.NonnegativeMatrixFactorization(
            new NmfEstimator.Options
            {
                OutputColumnName = "H", InputColumnName = "V", Rank = Rank, Seed = 3,
                Problem = new MeasureNmf(new BregmanDivergence(generator)),
            }).Fit(rows);
    }

    /// <summary>What is damaged is an error of the format, or another model; nothing else.</summary>
    [Fact]
    public void Damaged_JSON_is_an_error_of_the_format()
    {
        var ml = new MLContext(seed: 1);
        var (view, random, errors) = (View(ml, 1, "β = 1"), new Random(1), 0);
        var models = new List<JsonObject>();
        foreach (var (name, set) in Kinds.Where(kind => kind.Name is "groups" or "relevance" or "robust" or "known"
            or "abundances" or "α-divergence" or "absent" or "tolerance"))
        {
            var options = new NmfEstimator.Options
            {
                OutputColumnName = "H", InputColumnName = "V", Rank = Rank,
                Iterations = new() { MaximumIterations = 2 },
            };
            set(options);
            models.Add(Parsed(ml.Transforms.NonnegativeMatrixFactorization(options).Fit(view).Model));
        }

        models.Add(Parsed(ml.Transforms.DynamicalSystemNmf("H", "V", rank: Rank).Fit(view).Model));
        models.Add(Parsed(ml.Transforms.MarginalLikelihoodNmf("H", "V", rank: Rank).Fit(view).Model));
        for (var i = 0; i < 3000; i++)
        {
            var model = (JsonObject)models[i % models.Count].DeepClone();
            var other = models[random.Next(models.Count)];
            if (i % 3 == 0 && model["sections"] is JsonArray sections)
            {
                // Sections of two models, or a section with other bytes.
                if (i % 2 == 0 && other["sections"] is JsonArray others)
                    sections.Add(others[0]!.DeepClone());
                else
                    sections[0]!["data"] = Damaged((string)sections[0]!["data"]!);
            }
            else
            {
                var names = model.Select(field => field.Key).ToArray();
                var name = names[random.Next(names.Length)];
                model[name] = random.Next(6) switch
                {
                    0 => null,
                    1 => -1,
                    2 => "x",
                    3 => new JsonArray(),
                    4 => new JsonArray(null, new JsonArray(), 1),
                    _ => other[name]?.DeepClone(),
                };
            }

            try
            {
                var read = NmfModelParameters.FromJson(model.ToJsonString());
                _ = (read.ToString(), read.Problem.ToString(), read.ComponentNames, read.ToJson());
            }
            catch (FormatException)
            {
                errors++;
            }
        }

        Assert.InRange(errors, 1000, 3000);

        JsonObject Parsed(NmfModelParameters model) => (JsonObject)JsonNode.Parse(model.ToJson())!;

        string Damaged(string base64)
        {
            var bytes = Convert.FromBase64String(base64);
            if (bytes.Length > 0)
                bytes[random.Next(bytes.Length)] ^= (byte)(1 << random.Next(8));
            return Convert.ToBase64String(random.Next(2) == 0 ? bytes : bytes[..random.Next(bytes.Length + 1)]);
        }
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
            if (name == "counts")
                values = Array.ConvertAll(values, value => MathF.Round(value) + 1);
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
