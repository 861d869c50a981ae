using Microsoft.ML;
using Microsoft.ML.Transforms;
using Microsoft.ML.Transforms.Text;
using Nmf;

namespace MLNmf.Tests;

public class RealTextTests(ITestOutputHelper output)
{
    private readonly MLContext _context = new(seed: 1);

    [Fact]
    public void Titles_of_papers_are_factorised_from_the_sparse_bags_and_again_from_a_loaded_model()
    {
        var path = SharedData.Find("text", "m10", "corpus.tsv");
        var titles = File.ReadLines(path).Select(line => new Title { Text = line.Split('\t')[0] }).ToArray();
        var data = _context.Data.LoadFromEnumerable(titles);
        var log = new List<string>();
        _context.Log += (_, e) =>
        {
            if (e.Message.Contains("Read column"))
                log.Add(e.Message);
        };
        var model = _context.Transforms.Text.ProduceWordBags(
            "Words", "Text", ngramLength: 1, weighting: NgramExtractingEstimator.WeightingCriteria.Tf)
            .Append(_context.Transforms.NonnegativeMatrixFactorization(
                "Topics", "Words", rank: 10, beta: BetaDivergence.KullbackLeibler, maximumIterations: 40))
            .Fit(data);

        var read = Assert.Single(log);
        output.WriteLine(read);
        Assert.Contains($"{titles.Length} rows", read);
        Assert.Contains("stored sparse", read);
        var nmf = model.LastTransformer.Model;
        for (var k = 0; k < nmf.Rank; k++)
            output.WriteLine(string.Join(' ', nmf.GetTopFeatures(k, 8).Select(feature => feature.Name)));
        Assert.InRange(nmf.ExplainedPart, 0.05, 1);
        for (var i = 1; i < nmf.ObjectiveHistory.Count; i++)
            Assert.InRange(nmf.ObjectiveHistory[i].Objective, 0, nmf.ObjectiveHistory[i - 1].Objective * (1 + 1e-6));
        using var stream = new MemoryStream();
        _context.Model.Save(model, data.Schema, stream);
        stream.Position = 0;
        Assert.Equal(
            TestRows.Column(model.Transform(data), "Topics"),
            TestRows.Column(new MLContext().Model.Load(stream, out _).Transform(data), "Topics"));
    }

    private sealed class Title
    {
        public string Text { get; set; } = "";
    }
}
