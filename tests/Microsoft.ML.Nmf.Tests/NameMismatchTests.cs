using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Runtime;
using Microsoft.ML.Trainers;
using Microsoft.ML.Transforms;
using Nmf;

namespace MLNmf.Tests;

/// <summary>Columns of the right width whose slots or keys mean something else than in the fit.</summary>
public sealed class NameMismatchTests
{
    private static readonly string[] Names = [.. Enumerable.Range(0, 12).Select(f => $"band {f}")];
    private readonly MLContext _context = new(seed: 1);

    public static TheoryData<string> Estimators => ["plain", "robust", "online", "smooth", "dynamical system"];

    [Theory]
    [MemberData(nameof(Estimators))]
    public void Other_names_are_an_error_that_names_the_first(string kind)
    {
        var model = Reload(Estimator(kind, NameMismatch.Error).Fit(View(Names)));
        _ = model.Transform(View(Names)).GetColumn<float[]>("H").ToArray();
        _ = model.Transform(View(null)).GetColumn<float[]>("H").ToArray();
        string[] half = [.. Names.Select((name, f) => f % 2 == 0 ? name : "")];
        _ = model.Transform(View(half)).GetColumn<float[]>("H").ToArray();
        string[] swapped = [.. Names[..3], Names[4], Names[3], .. Names[5..]];
        foreach (var use in new Action[]
        {
            () => model.Transform(View(swapped)), () => model.GetOutputSchema(View(swapped).Schema),
        })
        {
            var error = Assert.ThrowsAny<ArgumentException>(use);
            Assert.Contains(
                "Slot 3 of column 'Features' is 'band 4', but the model was fitted with 'band 3'", error.Message,
                StringComparison.Ordinal);
            Assert.Contains("2 of 12 names differ", error.Message, StringComparison.Ordinal);
            Assert.True(error.IsMarked());
        }
    }

    [Theory]
    [MemberData(nameof(Estimators))]
    public void A_warning_or_nothing_when_the_options_say_so(string kind)
    {
        foreach (var reaction in new[] { NameMismatch.Warn, NameMismatch.Ignore })
        {
            var context = new MLContext(1);
            var model = Reload(Estimator(kind, reaction).Fit(View(Names)), context);
            var warnings = new List<string>();
            context.Log += (_, message) =>
            {
                if (message.Kind == ChannelMessageKind.Warning)
                    warnings.Add(message.Message);
            };
            Assert.Equal(
                TestRows.Column(model.Transform(View(null)), "H"),
                TestRows.Column(model.Transform(View([.. Names.Reverse()])), "H"));
            Assert.Equal(reaction == NameMismatch.Warn, warnings.Exists(warning => warning.Contains("'band 11'")));
        }
    }

    [Fact]
    public void Topics_are_not_judged_by_another_bag()
    {
        var documents = _context.Data.LoadFromEnumerable(Sentences.Documents());
        var bag = _context.Transforms.Text.ProduceWordBags("Words", "Text", ngramLength: 1);
        var counts = bag.Fit(documents).Transform(documents);
        var model = _context.Transforms.NonnegativeMatrixFactorization("H", "Words", rank: 3, beta: 1)
            .Fit(counts).Model;
        var quality = _context.Model.EvaluateTopics(counts, "Words", model);
        Assert.InRange(quality.Diversity, 0, 1);

        // The same words, met in another order.
        var reversed = _context.Data.LoadFromEnumerable(Sentences.Documents().Reverse());
        var other = bag.Fit(reversed).Transform(documents);
        Assert.Equal(((VectorDataViewType)counts.Schema["Words"].Type).Size,
            ((VectorDataViewType)other.Schema["Words"].Type).Size);
        var error = Assert.ThrowsAny<ArgumentException>(() => _context.Model.EvaluateTopics(other, "Words", model));
        Assert.Contains("Slot 0 of column 'Words'", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Keys_that_stand_for_others_are_an_error_that_names_the_first(bool numbers)
    {
        var view = _context.Data.LoadFromEnumerable(Ratings(20));
        var (user, item) = numbers ? ("UserNumber", "ItemNumber") : ("User", "Item");
        IDataView Keys(IEnumerable<Rating> fitted, IDataView rows)
        {
            var source = _context.Data.LoadFromEnumerable(fitted);
            return _context.Transforms.Conversion.MapValueToKey("UserKey", user)
                .Append(_context.Transforms.Conversion.MapValueToKey("ItemKey", item)).Fit(source).Transform(rows);
        }

        NmfRatingTransformer Fit(NameMismatch reaction) => (NmfRatingTransformer)Reload(
            _context.Regression.Trainers.NonnegativeMatrixFactorization(new NmfRatingTrainer.Options
            {
                LabelColumnName = "Stars", MatrixColumnIndexColumnName = "UserKey",
                MatrixRowIndexColumnName = "ItemKey", Rank = 2, Seed = 1, NameMismatch = reaction,
            }).Fit(Keys(Ratings(20), view)));

        var same = Fit(NameMismatch.Error).Transform(Keys(Ratings(20), view)).GetColumn<float>("Score").ToArray();
        var others = Keys(Ratings(20).Reverse(), view);
        var error = Assert.ThrowsAny<ArgumentException>(() => Fit(NameMismatch.Error).Transform(others));
        Assert.Contains(
            numbers ? "Key 1 of column 'UserKey' is '19', but the model was fitted with '0'"
                : "Key 1 of column 'UserKey' is 'u19', but the model was fitted with 'u0'", error.Message,
            StringComparison.Ordinal);
        var ignored = Fit(NameMismatch.Ignore).Transform(others).GetColumn<float>("Score").ToArray();
        Assert.NotEqual(same, ignored);

        var fewer = Keys(Ratings(2), _context.Data.LoadFromEnumerable(Ratings(2)));
        var count = Assert.ThrowsAny<ArgumentException>(() => Fit(NameMismatch.Ignore).Transform(fewer));
        Assert.Contains("a key type of 20 values", count.Message, StringComparison.Ordinal);
    }

    private static IEnumerable<Rating> Ratings(int users) => Enumerable.Range(0, users * 6).Where(i => i % 5 != 3)
        .Select(i => new Rating
        {
            User = $"u{i / 6}", Item = $"i{i % 6}", UserNumber = i / 6, ItemNumber = i % 6,
            Stars = 1 + ((i / 6 * (i % 6)) % 5),
        });

    private IDataView View(string[]? names)
        => TestRows.View(
            _context, Array.ConvertAll(TestRows.Values(), row => Array.ConvertAll(row, v => v + 0.01f)),
            slotNames: names);

    private static ITransformer Reload(ITransformer model, MLContext? context = null)
    {
        using var stream = new MemoryStream();
        new MLContext().Model.Save(model, null, stream);
        stream.Position = 0;
        return (context ?? new MLContext(1)).Model.Load(stream, out _);
    }

    private IEstimator<ITransformer> Estimator(string kind, NameMismatch reaction)
    {
        TOptions With<TOptions>(TOptions options)
            where TOptions : NmfFitOptions
        {
            (options.OutputColumnName, options.InputColumnName, options.Rank) = ("H", "Features", 3);
            (options.NameMismatch, options.Seed) = (reaction, 1);
            return options;
        }

        return kind switch
        {
            "plain" => _context.Transforms.NonnegativeMatrixFactorization(With(new NmfEstimator.Options())),
            "robust" => _context.Transforms.NonnegativeMatrixFactorization(
                With(new NmfEstimator.Options { Problem = new RobustNmf(2, 0.5) })),
            "online" => _context.Transforms.OnlineNmf(With(new OnlineNmfEstimator.Options())),
            "smooth" => _context.Transforms.SmoothNmf(With(new SequenceNmfEstimator.SmoothOptions())),
            _ => _context.Transforms.DynamicalSystemNmf(With(new SequenceNmfEstimator.DynamicalSystemOptions())),
        };
    }

    private sealed class Rating
    {
        public string User { get; set; } = "";

        public string Item { get; set; } = "";

        public int UserNumber { get; set; }

        public int ItemNumber { get; set; }

        public float Stars { get; set; }
    }
}
