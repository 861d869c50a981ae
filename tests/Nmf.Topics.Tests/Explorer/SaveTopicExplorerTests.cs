using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Transforms;

namespace Nmf.Topics.Tests.Explorer;

public sealed class SaveTopicExplorerTests
{
    private static readonly string[] Texts =
    [
        "Boats sail where wind and waves are fair.", "Fair wind and white sails make a fast boat.",
        "Waves break over the bow when boats sail fast!", "Sails and wind drive a boat over waves.",
        "Knead flour and water into bread dough.", "Bread dough rests before the oven.",
        "An oven bakes bread from flour, and yeast.", "",
    ];

    private readonly MLContext _ml = new(seed: 1);

    [Fact]
    public void A_pipeline_with_titles_dates_and_classes_is_a_page()
    {
        var data = _ml.Data.LoadFromEnumerable(Texts.Select((text, n) => new Row
        {
            Text = text, Title = $"Title {n}", Year = 2000 + n, Day = new DateTime(2024, 1, 1 + n), Known = n < 4,
            Written = n == 3 ? "" : $"2024-02-{n + 1:00}T10:00:00Z",
        }));
        var model = Pipeline(data);
        foreach (var (column, name, first) in new[]
            { ("Year", "year", "2000"), ("Day", "day", "2024-01-01"), ("Written", "day", "2024-02-01") })
        {
            var page = Save(model, data, new() { Title = "Title", Date = column, Class = "Known" });
            Assert.Equal(name, page.GetProperty("time").GetProperty("unit").GetString());
            Assert.Equal(first, page.GetProperty("time").GetProperty("names")[0].GetString());
            Assert.Equal(2, page.GetProperty("classes").GetProperty("names").GetArrayLength());
            Assert.Equal(8, page.GetProperty("counts").GetProperty("documents").GetInt32());
            Assert.Equal(1, page.GetProperty("counts").GetProperty("withoutText").GetInt32());
            Assert.Equal("Title 0", page.GetProperty("documents")[0].GetProperty("title").GetString());
            Assert.Equal(Texts[0], page.GetProperty("documents")[0].GetProperty("text").GetString());
        }
    }

    /// <summary>What the pipeline writes over, and what stands behind the factorisation.</summary>
    [Fact]
    public void Texts_are_those_of_the_data_and_loaded_models_have_pages()
    {
        var data = _ml.Data.LoadFromEnumerable(Texts.Select(text => new Row { Text = text }));
        var pipeline = _ml.Transforms.Text.NormalizeText("Text", keepPunctuations: false)
            .Append(_ml.Transforms.Text.TokenizeIntoWords("Text"))
            .Append(_ml.Transforms.Text.ProduceWordBags("Counts", "Text", ngramLength: 1))
            .Append(_ml.Transforms.NonnegativeMatrixFactorization("Topics", "Counts", rank: 2, beta: 1))
            .Append(_ml.Transforms.SelectColumns("Topics"));
        using var file = new MemoryStream();
        _ml.Model.Save(pipeline.Fit(data), data.Schema, file);
        file.Position = 0;
        var page = Save(new MLContext().Model.Load(file, out _), data, null);
        Assert.Equal(Texts[0], page.GetProperty("documents")[0].GetProperty("text").GetString());
    }

    [Fact]
    public void Keys_are_shown_by_their_values()
    {
        var data = _ml.Transforms.Conversion.MapValueToKey("Title").Fit(Rows()).Transform(Rows());
        var page = Save(Pipeline(data), data, new() { Class = "Title" });
        Assert.Contains("even", page.GetProperty("classes").GetProperty("names").EnumerateArray()
            .Select(name => name.GetString()));

        IDataView Rows() => _ml.Data.LoadFromEnumerable(
            Texts.Select((text, n) => new Row { Text = text, Title = n % 2 == 0 ? "even" : "odd" }));
    }

    [Fact]
    public void A_model_alone_has_a_page()
    {
        var data = _ml.Data.LoadFromEnumerable(Texts.Select(text => new Row { Text = text }));
        var model = Pipeline(data);
        var path = Path.GetTempFileName();
        try
        {
            model.LastTransformer.Model.SaveTopicExplorer(path);
            var page = ExplorerPages.Data(File.ReadAllText(path));
            Assert.Equal(0, page.GetProperty("counts").GetProperty("documents").GetInt32());
            Assert.Contains("bread", page.GetProperty("words").EnumerateArray().Select(word => word.GetString()));
        }
        finally
        {
            File.Delete(path);
        }
    }

    [Fact]
    public void What_is_wrong_is_named()
    {
        var data = _ml.Data.LoadFromEnumerable(Texts.Select((text, n) => new Row
        {
            Text = text, Written = n == 2 ? "yesterday" : "",
        }));
        var model = Pipeline(data);
        Says("text column 'Body'. There are the columns 'Text', ", model, new() { Text = "Body" });
        Says("'Written', row 2: 'yesterday' is no date", model, new() { Date = "Written" });
        Says("output 'Other'", model, new() { Topics = "Other" });
        Says("no nonnegative matrix factorization", _ml.Transforms.CopyColumns("A", "Text").Fit(data), null);
        Says("scalar", model, new() { Class = "Vector" });

        void Says(string words, ITransformer transformer, TopicExplorerColumns? columns)
            => Assert.Contains(
                words, Assert.ThrowsAny<ArgumentException>(() => Save(transformer, data, columns)).Message,
                StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("2024-08-09", 2024, 8, 9)]
    [InlineData("2024/8/9", 2024, 8, 9)]
    [InlineData("09.08.2024", 2024, 8, 9)]
    [InlineData(" 9. 8. 2024 ", 2024, 8, 9)]
    [InlineData("9.8.2024 17:05", 2024, 8, 9)]
    [InlineData("2024-08-09T17:05:00Z", 2024, 8, 9)]
    [InlineData("9 Aug 2024", 2024, 8, 9)]
    [InlineData("Fri, 09 Aug 2024 17:05:00 GMT", 2024, 8, 9)]
    [InlineData("1999", 1999, 1, 1)]
    public void Dates_are_read_as_they_are_meant(string text, int year, int month, int day)
    {
        Assert.True(TextDates.TryParse(text, out var date));
        Assert.Equal(new DateTime(year, month, day), date!.Value.Date);
    }

    [Theory]
    [InlineData("8/9/2024")]
    [InlineData("8-9-2024")]
    [InlineData("8/9/2024 5:00 PM")]
    [InlineData("08.09.24")]
    [InlineData("8/9")]
    [InlineData("12:30")]
    [InlineData("31.02.2024")]
    public void What_could_be_two_dates_is_none(string text) => Assert.False(TextDates.TryParse(text, out _));

    [Fact]
    public void It_can_be_cancelled()
    {
        var data = _ml.Data.LoadFromEnumerable(Texts.Select(text => new Row { Text = text }));
        var model = Pipeline(data);
        using var source = new CancellationTokenSource();
        source.Cancel();
        Assert.ThrowsAny<OperationCanceledException>(
            () => model.SaveTopicExplorer("never.html", data, cancellationToken: source.Token));
        Assert.False(File.Exists("never.html"));
    }

    private TransformerChain<NmfTransformer> Pipeline(IDataView data)
        => _ml.Transforms.Text.NormalizeText("Clean", "Text", keepPunctuations: false)
            .Append(_ml.Transforms.Text.TokenizeIntoWords("Words", "Clean"))
            .Append(_ml.Transforms.Text.ProduceWordBags("Counts", "Words", ngramLength: 1))
            .Append(_ml.Transforms.NonnegativeMatrixFactorization("Topics", "Counts", rank: 2, beta: 1)).Fit(data);

    private static System.Text.Json.JsonElement Save(ITransformer model, IDataView data, TopicExplorerColumns? columns)
    {
        var path = Path.GetTempFileName();
        try
        {
            model.SaveTopicExplorer(path, data, columns);
            return ExplorerPages.Data(File.ReadAllText(path));
        }
        finally
        {
            File.Delete(path);
        }
    }

    private sealed class Row
    {
        public string Text { get; set; } = "";

        public string Title { get; set; } = "";

        public string Written { get; set; } = "";

        public int Year { get; set; }

        public DateTime Day { get; set; }

        public bool Known { get; set; }

        [VectorType(2)]
        public float[] Vector { get; set; } = [0, 0];
    }
}
