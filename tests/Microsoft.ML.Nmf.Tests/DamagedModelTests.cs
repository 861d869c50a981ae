using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Trainers;
using Microsoft.ML.Transforms;
using Nmf;

namespace MLNmf.Tests;

/// <summary>Damaged files of the factorisation.</summary>
public sealed class DamagedModelTests(ITestOutputHelper output) : DamagedModelContract<NmfTransformer>(output)
{
    protected override int Alterations => 4000;

    protected override (NmfTransformer Model, IDataView View) Fit(MLContext context)
    {
        var view = TestRows.View(
            context, TestRows.Values(), slotNames: [.. Enumerable.Range(0, 12).Select(f => $"feature {f}")]);
        return (context.Transforms.NonnegativeMatrixFactorization(new NmfEstimator.Options
        {
            OutputColumnName = "H", InputColumnName = "Features", ReconstructionColumnName = "Y", Rank = 3,
            Iterations = new() { MaximumIterations = 5 },
        }).Fit(view), view);
    }

    protected override void Use(NmfTransformer model, IDataView view)
    {
        if (model.InputColumnName == "Features" && model.Model.FeatureCount == 12
            && model.Model.FeatureNames!.Select((name, f) => name == $"feature {f}").All(same => same))
        {
            using var cursor = model.Transform(view).GetRowCursor(view.Schema);
            Assert.True(cursor.MoveNext());
            _ = model.Model.GetTopFeatures(0);
        }
    }
}

/// <summary>Damaged files of rating models.</summary>
public sealed class DamagedRatingModelTests(ITestOutputHelper output)
    : DamagedModelContract<NmfRatingTransformer>(output)
{
    protected override (NmfRatingTransformer Model, IDataView View) Fit(MLContext context)
    {
        var rows = context.Data.LoadFromEnumerable(Enumerable.Range(0, 60).Select(
            i => new Rating { User = $"u{i % 10}", Item = $"i{i / 10}", Stars = i % 5 }).ToArray());
        var view = context.Transforms.Conversion.MapValueToKey("UserKey", "User")
            .Append(context.Transforms.Conversion.MapValueToKey("ItemKey", "Item")).Fit(rows).Transform(rows);
        return (context.Regression.Trainers.NonnegativeMatrixFactorization(new NmfRatingTrainer.Options
        {
            LabelColumnName = "Stars", MatrixColumnIndexColumnName = "UserKey", MatrixRowIndexColumnName = "ItemKey",
            Rank = 2, ClipScores = true, NameMismatch = NameMismatch.Ignore,
        }).Fit(view), view);
    }

    protected override void Use(NmfRatingTransformer model, IDataView view)
    {
        var error = Record.Exception(() => model.Transform(view).GetColumn<float>("Score").ToArray());
        Assert.True(error is null or ArgumentOutOfRangeException, $"{error}");
    }

    private sealed class Rating
    {
        public string User { get; set; } = "";

        public string Item { get; set; } = "";

        public float Stars { get; set; }
    }
}

/// <summary>Damaged files of tensors.</summary>
public sealed class DamagedTensorModelTests(ITestOutputHelper output)
    : DamagedModelContract<TensorNmfTransformer>(output)
{
    protected override (TensorNmfTransformer Model, IDataView View) Fit(MLContext context)
    {
        var rows = context.Data.LoadFromEnumerable(Enumerable.Range(0, 60).Select(
            i => new Entry { User = $"u{i % 10}", Item = $"i{i / 10}", Stars = i % 5 }).ToArray());
        var view = context.Transforms.Conversion.MapValueToKey("UserKey", "User")
            .Append(context.Transforms.Conversion.MapValueToKey("ItemKey", "Item")).Fit(rows).Transform(rows);
        return (context.Regression.Trainers.TensorNmf(new TensorNmfTrainer.Options
        {
            LabelColumnName = "Stars", KeyColumnNames = ["UserKey", "ItemKey"], FactorColumnNames = ["", "Parts"],
            Rank = 2, NameMismatch = NameMismatch.Ignore,
        }).Fit(view), view);
    }

    protected override void Use(TensorNmfTransformer model, IDataView view)
    {
        var error = Record.Exception(() => model.Transform(view).GetColumn<float>("Score").ToArray());
        Assert.True(error is null or ArgumentOutOfRangeException, $"{error}");
    }

    private sealed class Entry
    {
        public string User { get; set; } = "";

        public string Item { get; set; } = "";

        public float Stars { get; set; }
    }
}

/// <summary>Damaged files of models of sequences, with what only they store.</summary>
public abstract class DamagedSequenceModelContract(ITestOutputHelper output)
    : DamagedModelContract<SequenceNmfTransformer>(output)
{
    protected override (SequenceNmfTransformer Model, IDataView View) Fit(MLContext context)
    {
        var view = TestRows.View(
            context, Array.ConvertAll(TestRows.Values(), row => Array.ConvertAll(row, v => v + 0.01f)));
        return (Estimator(context).Fit(view), view);
    }

    protected override void Use(SequenceNmfTransformer model, IDataView view)
    {
        if (model.InputColumnName == "Features" && model.Model.FeatureCount == 12)
        {
            var filter = model.CreateFilter(2);
            var activations = new float[model.Model.Rank];
            filter.Push(view.GetColumn<float[]>("Features").First(), activations);
            if (model.Transitions is not null)
                Assert.Equal(2, model.Forecast(activations, 2).Length);
        }
    }

    private protected abstract SequenceNmfEstimator Estimator(MLContext context);
}

/// <summary>Damaged files of smooth IS-NMF.</summary>
public sealed class DamagedSmoothModelTests(ITestOutputHelper output) : DamagedSequenceModelContract(output)
{
    private protected override SequenceNmfEstimator Estimator(MLContext context)
        => context.Transforms.SmoothNmf(new SequenceNmfEstimator.SmoothOptions
        {
            OutputColumnName = "H", InputColumnName = "Features", Rank = 3, ComponentSmoothness = [1, 2, 0],
            Iterations = new() { MaximumIterations = 5 }, Direction = SmoothnessDirection.CurrentAgainstPrevious,
        });
}

/// <summary>Damaged files of nonnegative dynamical systems.</summary>
public sealed class DamagedDynamicalSystemTests(ITestOutputHelper output) : DamagedSequenceModelContract(output)
{
    private protected override SequenceNmfEstimator Estimator(MLContext context)
        => context.Transforms.DynamicalSystemNmf(new SequenceNmfEstimator.DynamicalSystemOptions
        {
            OutputColumnName = "H", InputColumnName = "Features", Rank = 3, Shapes = [2, 1, 0],
            Iterations = new() { MaximumIterations = 5 },
        });
}

/// <summary>Damaged files of components of sound.</summary>
public sealed class DamagedAudioModelTests(ITestOutputHelper output) : DamagedModelContract<AudioNmfTransformer>(output)
{
    protected override (AudioNmfTransformer Model, IDataView View) Fit(MLContext context)
    {
        var random = new Random(5);
        var view = context.Data.LoadFromEnumerable(Enumerable.Range(0, 3).Select(_ => new Clip { Samples = [
            .. Enumerable.Range(0, 200).Select(_ => random.NextSingle() - 0.5f)] }).ToArray());
        return (context.Transforms.AudioNmf(new AudioNmfEstimator.Options
        {
            OutputColumnName = "H", InputColumnName = "Samples", SampleRateColumnName = "Rate", Rank = 3,
            Stft = new() { FrameLength = 64 }, Iterations = new() { MaximumIterations = 5 },
        }).Fit(view), view);
    }

    protected override void Use(AudioNmfTransformer model, IDataView view)
    {
        if (model.InputColumnName == "Samples" && model.SampleRateColumnName is null or "Rate"
            && model.SampleRate is null or 8000)
        {
            Assert.All(
                model.Transform(view).GetColumn<float[]>(model.OutputColumnName), code => Assert.NotEmpty(code));
        }
    }

    private sealed class Clip
    {
        public float[] Samples { get; set; } = [];

        public int Rate { get; set; } = 8000;
    }
}
