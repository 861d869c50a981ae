using Microsoft.ML;

namespace Topic_Pipeline.Tests;

public sealed class TrainingTests(TrainedModel trained) : IClassFixture<TrainedModel>
{
    [Fact]
    public void Every_topic_has_words_of_its_own()
    {
        var words = TopicModel.WordsOf(Load(), 3);
        Assert.Equal(TopicModel.TopicCount, words.Count);
        Assert.All(words, topic => Assert.Equal(3, topic.Count));
        Assert.Equal(words.Count, words.Select(topic => string.Join(' ', topic)).Distinct().Count());
    }

    [Fact]
    public void Texts_about_the_same_have_similar_topics()
    {
        var ml = new MLContext();
        using var engine = ml.Model.CreatePredictionEngine<TextDocument, TextTopics>(Load());
        float[] Shares(string text)
        {
            var shares = engine.Predict(new() { Text = text }).Topics;
            Assert.Equal(1, shares.Sum(), 4);
            return shares;
        }

        var bread = Shares("Flour, yeast, butter: dough, oven, bread.");
        var dough = Shares("Bread, crust, oven: dough, salt, flour.");
        var boat = Shares("Boat, sail, wind: tide, harbour, mast.");
        Assert.True(Likeness(bread, dough) > Likeness(bread, boat));
    }

    [Fact]
    public void A_page_to_explore_is_written_and_the_topics_are_told()
    {
        Assert.Contains("<html", File.ReadAllText(trained.PagePath));
        Assert.Contains("Saved ", trained.Printed);
    }

    [Fact]
    public void A_file_that_is_not_there_is_told()
        => Assert.Throws<FileNotFoundException>(() => Training.Run("no.csv", trained.ModelPath, TextWriter.Null));

    private static double Likeness(float[] a, float[] b) => a.Zip(b, (x, y) => x * y).Sum();

    private ITransformer Load() => new MLContext().Model.Load(trained.ModelPath, out _);
}
