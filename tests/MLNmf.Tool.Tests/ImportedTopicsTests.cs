namespace MLNmf.Tool.Tests;

/// <summary>Topics of gensim and MALLET as models.</summary>
public sealed class ImportedTopicsTests : IDisposable
{
    private static readonly string[] Kitchen = ["bread", "oven", "butter", "flour", "bake"];

    private readonly ToolRun _tool = new();

    public void Dispose() => _tool.Dispose();

    [Theory]
    [InlineData("lda.expElogbeta.npy")]
    [InlineData("nmf.npy")]
    public async Task Files_of_gensim_are_models_with_their_words(string name)
    {
        await _tool.Good(
            "convert", Gensim(name), "@g.zip", "--beta", "kl", "--names", Gensim("dictionary.txt"));
        await ATopicIsTheKitchen("@g.zip");
        _tool.Write("two.txt", "one\ntwo\n");
        Assert.Contains(
            "has 2 names, but there are 10 features",
            await _tool.Bad("convert", Gensim(name), "@g.zip", "--names", "@two.txt"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Weights_of_MALLET_are_a_model_with_its_words()
    {
        string[] sea = ["boat", "sail", "mast", "wind", "anchor"];
        _tool.Write("weights.txt", string.Concat(Enumerable.Range(0, 2).SelectMany(topic => sea.Concat(Kitchen).Select(
            (word, i) => $"{topic}\t{word}\t{(i / 5 == topic ? 20 + i : 0)}.01\n"))));
        await _tool.Good("convert", "@weights.txt", "@m.zip", "--beta", "kl");
        await ATopicIsTheKitchen("@m.zip");
        _tool.Write("wrong.txt", "0\tbread\t1.5\n0 bread 2\n");
        Assert.Contains(
            "wrong.txt(2): this line is not a topic, a word and a weight",
            await _tool.Bad("convert", "@wrong.txt", "@m.zip"), StringComparison.Ordinal);
        Assert.Contains(
            "no weights", await _tool.Bad("convert", _tool.Write("e.txt", ""), "@m.zip"), StringComparison.Ordinal);
    }

    private static string Gensim(string name) => Path.Combine(AppContext.BaseDirectory, "gensim", name);

    private async Task ATopicIsTheKitchen(string model)
    {
        await _tool.Good("inspect", model, "--json", "--words", "5");
        var topics = _tool.Json.GetProperty("model").GetProperty("components").EnumerateArray().Select(
            topic => topic.GetProperty("words").EnumerateArray().Select(word => word.GetProperty("word").GetString()!)
                .Order(StringComparer.Ordinal).ToArray()).ToList();
        Assert.Equal(2, topics.Count);
        Assert.Single(topics, topic => topic.SequenceEqual(Kitchen.Order(StringComparer.Ordinal)));
    }
}
