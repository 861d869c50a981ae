using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Transforms;
using Nmf;

namespace MLNmf.Tests;

public class ReadmeTests
{
    [Fact]
    public void The_twelve_lines_of_the_readme_work()
    {
        var folder = Directory.CreateTempSubdirectory();
        try
        {
            var (documents, file) = (Path.Combine(folder.FullName, "documents.tsv"),
                Path.Combine(folder.FullName, "topics.zip"));
            File.WriteAllLines(documents, Sentences.All);

            var ml = new MLContext(seed: 1);
            var data = ml.Data.LoadFromTextFile<Document>(documents);
            var pipeline = ml.Transforms.Text.NormalizeText("Text")
                .Append(ml.Transforms.Text.TokenizeIntoWords("Words", "Text"))
                .Append(ml.Transforms.Text.RemoveDefaultStopWords("Words"))
                .Append(ml.Transforms.Text.ProduceWordBags("Counts", "Words", ngramLength: 1))
                .Append(ml.Transforms.NonnegativeMatrixFactorization(
                    "Topics", "Counts", rank: 3, beta: BetaDivergence.KullbackLeibler));
            var model = pipeline.Fit(data);
            ml.Model.Save(model, data.Schema, file);

            Assert.All(
                model.LastTransformer.Model.GetTopFeatures(component: 0, count: 5),
                word => Assert.Contains(word.Name, string.Join(' ', Sentences.All), StringComparison.Ordinal));
            var loaded = new MLContext().Model.Load(file, out _);
            Assert.Equal(
                TestRows.Column(model.Transform(data), "Topics"), TestRows.Column(loaded.Transform(data), "Topics"));
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    private sealed class Document
    {
        [LoadColumn(0)]
        public string Text { get; set; } = "";
    }
}
