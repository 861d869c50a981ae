using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Transforms;
using Nmf;

namespace MLNmf.Tests;

/// <summary>The estimator of maximum marginal likelihood: schema, columns, sparse rows, saving, prediction engines and
/// errors.</summary>
public sealed class MarginalLikelihoodNmfTests
{
    private const int Features = 12;

    private readonly MLContext _context = new(seed: 1);

    public static TheoryData<MarginalNoise> Noises => [MarginalNoise.Poisson, MarginalNoise.Exponential];

    [Theory]
    [MemberData(nameof(Noises))]
    public void Columns_are_those_of_the_core_and_of_the_announced_schema(MarginalNoise noise)
    {
        var rows = Rows(noise);
        var view = _context.Data.LoadFromEnumerable(rows);
        var estimator = Estimator(noise);
        var announced = estimator.GetOutputSchema(SchemaShape.Create(view.Schema)).ToDictionary(c => c.Name);
        var transformer = estimator.Fit(view);
        var transformed = transformer.Transform(view);
        Assert.Equal(SchemaShape.Column.VectorKind.Vector, announced["Code"].Kind);
        Assert.Equal(SchemaShape.Column.VectorKind.Vector, announced["Deviation"].Kind);
        Assert.Equal(SchemaShape.Column.VectorKind.Scalar, announced["Likelihood"].Kind);
        Assert.Equal(NumberDataViewType.Single, transformed.Schema["Likelihood"].Type);
        Assert.True(transformed.Schema["Deviation"].HasSlotNames());
        Assert.True(transformer.Model.Rank < transformer.StartingRank);
        Assert.Equal(noise, transformer.Noise);

        using var builder = new NmfDataBuilder<float>(Features);
        Assert.All(rows, row => Assert.True(builder.TryAdd(row.Features, out _)));
        var core = MarginalLikelihood.Fit(
            builder.ToData(),
            new MarginalLikelihoodOptions { Rank = 6, Noise = noise, Seed = 4, Iterations = Iterations });
        var coded = _context.Data.CreateEnumerable<Coded>(transformed, false).ToArray();
        for (var n = 0; n < rows.Length; n++)
        {
            Assert.Equal(core.Activations!.Mean.Row(n).ToArray(), coded[n].Code);
            Assert.Equal(core.Activations.Deviation.Row(n).ToArray(), coded[n].Deviation);
            Assert.Equal((float)core.Activations.LogLikelihood[n], coded[n].Likelihood);
        }

        Assert.InRange(transformer.Model.ExplainedPart, 0.01, 1);
        Assert.Equal(core.Rates, transformer.Rates);
    }

    [Theory]
    [MemberData(nameof(Noises))]
    public void A_saved_model_and_a_prediction_engine_give_the_same(MarginalNoise noise)
    {
        var rows = Rows(noise);
        var view = _context.Data.LoadFromEnumerable(rows);
        var model = Estimator(noise).Append(_context.Transforms.CopyColumns("Copy", "Code")).Fit(view);
        var coded = _context.Data.CreateEnumerable<Coded>(model.Transform(view), false).ToArray();
        using var stream = new MemoryStream();
        _context.Model.Save(model, view.Schema, stream);
        stream.Position = 0;
        var fresh = new MLContext();
        var loaded = fresh.Model.Load(stream, out _);
        var again = fresh.Data.CreateEnumerable<Coded>(loaded.Transform(view), false).ToArray();
        using var engine = fresh.Model.CreatePredictionEngine<Input, Coded>(loaded);
        for (var n = 0; n < rows.Length; n++)
        {
            var predicted = engine.Predict(rows[n]);
            foreach (var other in new[] { again[n], predicted })
            {
                Assert.Equal(coded[n].Code, other.Code);
                Assert.Equal(coded[n].Deviation, other.Deviation);
                Assert.Equal(coded[n].Likelihood, other.Likelihood);
            }
        }
    }

    [Fact]
    public void Sparse_rows_and_one_column_alone_give_the_same()
    {
        var rows = Rows(MarginalNoise.Poisson);
        var view = _context.Data.LoadFromEnumerable(rows);
        var sparse = _context.Data.LoadFromEnumerable(rows.Select(row => new SparseInput
        {
            Features = new VBuffer<float>(
                Features, row.Features.Count(v => v > 0), [.. row.Features.Where(v => v > 0)],
                [.. Enumerable.Range(0, Features).Where(f => row.Features[f] > 0)]),
        }));
        var transformer = Estimator(MarginalNoise.Poisson).Fit(view);
        var (one, other) = (transformer.Transform(view), transformer.Transform(sparse));
        foreach (var column in new[] { "Code", "Deviation" })
        {
            foreach (var (a, b) in one.GetColumn<float[]>(column).Zip(other.GetColumn<float[]>(column)))
                Assert.All(a.Zip(b), pair => Assert.Equal(pair.First, pair.Second, 1e-4f));
        }

        foreach (var (a, b) in one.GetColumn<float>("Likelihood").Zip(other.GetColumn<float>("Likelihood")))
            Assert.Equal(a, b, 1e-3f);
        var few = _context.Transforms.MarginalLikelihoodNmf("Features", rank: 2, seed: 1).Fit(view);
        Assert.Equal(["Features"], few.Transform(view).Schema.Select(c => c.Name).Distinct());
    }

    [Fact]
    public void The_survey_of_ranks_has_its_answer_where_it_is_asked()
    {
        var view = _context.Data.LoadFromEnumerable(Rows(MarginalNoise.Poisson));
        var options = new NmfRankOptions
        {
            ColumnName = "Features",
            Survey = new() { Ranks = [2, 3], Starts = 2, Fit = new() { Rank = 1, Problem = 1 } },
            MarginalLikelihood = new() { Rank = 6, Iterations = Iterations },
        };
        var report = _context.Model.SurveyNmfRank(view, options);
        var answer = report.Suggestions.Single(s => s.Index == "maximum marginal likelihood");
        Assert.InRange(answer.Rank!.Value, 2, 5);
        Assert.Contains("so many of 6 are left", report.ToText(), StringComparison.Ordinal);
        options.MarginalLikelihood = new() { Rank = 0 };
        Assert.ThrowsAny<ArgumentException>(() => _context.Model.SurveyNmfRank(view, options));
    }

    [Fact]
    public void Bad_rows_columns_and_options_are_named()
    {
        var rows = Rows(MarginalNoise.Exponential);
        var transformer = Estimator(MarginalNoise.Exponential).Fit(_context.Data.LoadFromEnumerable(rows));
        rows[7].Features[3] = 0;
        var view = _context.Data.LoadFromEnumerable(rows);
        foreach (var action in new Action[]
        {
            () => Estimator(MarginalNoise.Exponential).Fit(view),
            () => _ = transformer.Transform(view).GetColumn<float[]>("Code").ToArray(),
        })
        {
            // A view that is read in parallel puts its own exception around that of a row.
            var error = Assert.IsType<NmfDataException>(Assert.ThrowsAny<Exception>(action).GetBaseException());
            Assert.Contains("'Features' is 0 in row 7, slot 3", error.Message, StringComparison.Ordinal);
        }

        rows[7].Features[3] = -1;
        Assert.Contains(
            "negative",
            Assert.Throws<NmfDataException>(() => Estimator(MarginalNoise.Poisson).Fit(view)).Message,
            StringComparison.Ordinal);
        Assert.Contains(
            "rank",
            Assert.ThrowsAny<ArgumentException>(
                () => _context.Transforms.MarginalLikelihoodNmf("Code", "Features", rank: 0)).Message,
            StringComparison.Ordinal);
        Assert.Contains(
            "another name",
            Assert.ThrowsAny<ArgumentException>(() => _context.Transforms.MarginalLikelihoodNmf(
                "Code", "Features", deviationColumnName: "Code")).Message, StringComparison.Ordinal);
        Assert.ThrowsAny<ArgumentException>(() => _context.Transforms.MarginalLikelihoodNmf("Code", "None").Fit(view));
    }

    [Theory]
    [MemberData(nameof(Noises))]
    public void NaN_is_an_error_or_missing_as_the_options_say(MarginalNoise noise)
    {
        var rows = Rows(noise);
        rows[3].Features[5] = rows[7].Features[0] = float.NaN;
        var view = _context.Data.LoadFromEnumerable(rows);
        Assert.Throws<NmfDataException>(() => Estimator(noise).Fit(view));
        var transformer = Estimator(noise, MissingValues.NaN).Fit(view);
        Assert.Equal(MissingValues.NaN, transformer.Model.MissingValues);
        using var builder = new NmfDataBuilder<float>(Features, MissingValues.NaN);
        Assert.All(rows, row => Assert.True(builder.TryAdd(row.Features, out _)));
        var core = MarginalLikelihood.Fit(
            builder.ToData(),
            new MarginalLikelihoodOptions { Rank = 6, Noise = noise, Seed = 4, Iterations = Iterations });
        var coded = _context.Data.CreateEnumerable<Coded>(transformer.Transform(view), false).ToArray();
        for (var n = 0; n < rows.Length; n++)
            Assert.Equal(core.Activations!.Mean.Row(n).ToArray(), coded[n].Code);

        using var stream = new MemoryStream();
        _context.Model.Save(transformer, view.Schema, stream);
        stream.Position = 0;
        var loaded = new MLContext().Model.Load(stream, out _);
        using var engine = _context.Model.CreatePredictionEngine<Input, Coded>(loaded);
        Assert.Equal(coded[3].Code, engine.Predict(rows[3]).Code);
        Assert.Equal(coded[3].Likelihood, engine.Predict(rows[3]).Likelihood);
    }

    private static readonly IterationOptions Iterations = new() { MaximumIterations = 300, CheckInterval = 10 };

    private MarginalLikelihoodNmfEstimator Estimator(
        MarginalNoise noise, MissingValues missing = MissingValues.Error)
        => _context.Transforms.MarginalLikelihoodNmf(new MarginalLikelihoodNmfEstimator.Options
        {
            OutputColumnName = "Code", InputColumnName = "Features", DeviationColumnName = "Deviation",
            LogLikelihoodColumnName = "Likelihood", Rank = 6, Noise = noise, Seed = 4, Iterations = Iterations,
            MissingValues = missing,
        });

    private static Input[] Rows(MarginalNoise noise)
    {
        var random = new Random(3);
        return [.. TestRows.Values(80, Features, 2, 2).Select(row => new Input
        {
            Features = Array.ConvertAll(row, v => noise == MarginalNoise.Poisson
                ? (float)Math.Floor(20 * v) : (float)(-(v + 0.01) * Math.Log(1 - random.NextDouble())) + 1e-6f),
        })];
    }

    private sealed class Input
    {
        [VectorType(MarginalLikelihoodNmfTests.Features)]
        public float[] Features { get; set; } = [];
    }

    private sealed class SparseInput
    {
        [VectorType(MarginalLikelihoodNmfTests.Features)]
        public VBuffer<float> Features { get; set; }
    }

    private sealed class Coded
    {
        public float[] Code { get; set; } = [];

        public float[] Deviation { get; set; } = [];

        public float Likelihood { get; set; }
    }
}

/// <summary>Damaged files of models of maximum marginal likelihood.</summary>
public sealed class DamagedMarginalModelTests(ITestOutputHelper output)
    : DamagedModelContract<MarginalLikelihoodNmfTransformer>(output)
{
    protected override (MarginalLikelihoodNmfTransformer Model, IDataView View) Fit(MLContext context)
    {
        var view = TestRows.View(context, TestRows.Values());
        return (context.Transforms.MarginalLikelihoodNmf(new MarginalLikelihoodNmfEstimator.Options
        {
            OutputColumnName = "H", InputColumnName = "Features", DeviationColumnName = "S", Rank = 3,
            LogLikelihoodColumnName = "L", Iterations = new() { MaximumIterations = 5 },
            Inference = new() { MaximumIterations = 5 },
        }).Fit(view), view);
    }

    protected override void Use(MarginalLikelihoodNmfTransformer model, IDataView view)
    {
        if (model.InputColumnName == "Features" && model.Model.FeatureCount == 12)
        {
            using var cursor = model.Transform(view).GetRowCursor(view.Schema);
            Assert.True(cursor.MoveNext());
        }
    }
}
