using System.Text;
using Microsoft.ML;
using MLNmf.Tool.Topics;
using Nmf;

namespace MLNmf.Tool.Tests;

public sealed class TopicsTests : IDisposable
{
    private readonly ToolRun _tool = new();

    public void Dispose() => _tool.Dispose();

    [Fact]
    public async Task A_file_of_texts_becomes_a_model_that_ML_NET_loads_and_a_service_serves()
    {
        _tool.Write("texts.csv", "text\n" + string.Join('\n', ToolRun.TwoTopics()));
        await _tool.Good("topics", "@texts.csv", "--topics", "2", "-o", "@topics.zip");

        Assert.Contains("bread", _tool.Output, StringComparison.Ordinal);
        Assert.Contains("60 texts", _tool.Error, StringComparison.Ordinal);
        var ml = new MLContext();
        var model = ml.Model.Load(_tool.File("topics.zip"), out var schema);
        Assert.Equal(nameof(TextRow.Text), Assert.Single(schema).Name);
        using var engine = ml.Model.CreatePredictionEngine<TextRow, TopicsRow>(model);
        var bread = engine.Predict(new TextRow { Text = "Bake the bread with butter!" }).Topics;
        var boat = engine.Predict(new TextRow { Text = "The boat's mast, and a sail." }).Topics;
        Assert.Equal(1, bread.Sum(), 1e-5);
        Assert.NotEqual(Array.IndexOf(bread, bread.Max()), Array.IndexOf(boat, boat.Max()));
        Assert.All(engine.Predict(new TextRow { Text = "xyzzy" }).Topics, share => Assert.Equal(0, share));
        TopicService.TopicCatalog.Check(model);
        Assert.Equal([1, 2], TopicService.TopicCatalog.Of(model).Select(topic => topic.Number));
    }

    [Fact]
    public async Task A_page_comes_with_the_model_unless_it_is_not_wanted()
    {
        _tool.Write("t.csv", "id,text,date,label\n" + string.Join('\n', ToolRun.TwoTopics().Select(
            (text, i) => $"n{i},{text} <b>&,{2000 + (i % 5)},{(i % 2 == 0 ? "kitchen" : "sea")}")));
        await _tool.Good(
            "topics", "@t.csv", "--topics", "2", "-o", "@t.zip", "--id", "id", "--date", "date", "--label", "label");
        var page = File.ReadAllText(_tool.File("t.html"));
        Assert.Contains("Topics of t.csv", page, StringComparison.Ordinal);
        Assert.Contains("kitchen", page, StringComparison.Ordinal);
        await _tool.Good("topics", "@t.csv", "--topics", "2", "-o", "@u.zip", "--no-explorer");
        Assert.False(File.Exists(_tool.File("u.html")));
        Assert.Contains(
            "kitchen", await _tool.Bad("topics", "@t.csv", "-o", "@v.zip", "--topics", "2", "--date", "label"),
            StringComparison.Ordinal);
    }

    /// <summary>Labels are in the table, in JSON and on the page, and in the model where they are to be its
    /// names.</summary>
    [Fact]
    public async Task Topics_have_labels_which_become_names_where_they_are_wanted()
    {
        _tool.Write("t.csv", "text,place\n" + string.Join('\n', ToolRun.TwoTopics(80).Select((text, i) =>
            $"The {(i % 2 == 0 ? "sour dough of the" : "high sea and the")} {text},{i % 2}")));
        await _tool.Good("topics", "@t.csv", "--topics", "2", "-o", "@t.zip", "--class", "place");
        Assert.Contains("label", _tool.Output.Split('\n')[0], StringComparison.Ordinal);
        Assert.Contains("sour dough", _tool.Output, StringComparison.Ordinal);
        Assert.Contains("high sea", File.ReadAllText(_tool.File("t.html")), StringComparison.Ordinal);
        await _tool.Good("inspect", "@t.zip", "--json");
        var unnamed = _tool.Json.GetProperty("model").GetProperty("components")[0];
        Assert.Equal(System.Text.Json.JsonValueKind.Null, unnamed.GetProperty("name").ValueKind);

        await _tool.Good("topics", "@t.csv", "--topics", "2", "-o", "@n.zip", "--name-topics", "--json");
        var topics = _tool.Json.GetProperty("topics").EnumerateArray().ToArray();
        var names = topics.Select(topic => topic.GetProperty("name").GetString()!).ToArray();
        Assert.Equal(["high sea", "sour dough"], names.Order());
        Assert.Equal(names, topics.Select(topic => topic.GetProperty("labels")[0].GetString()));
        await _tool.Good("inspect", "@n.zip");
        Assert.All(names, name => Assert.Contains(name, _tool.Output, StringComparison.Ordinal));
        await _tool.Good("explain", "@n.zip", "A boat");
        Assert.Contains("(high sea) is about", _tool.Output, StringComparison.Ordinal);
        await _tool.Good("explain", "@n.zip", "A boat", "--json");
        Assert.Equal("high sea", _tool.Json.GetProperty("topics")[0].GetProperty("name").GetString());
        await _tool.Good("transform", "@n.zip", "@t.csv");
        Assert.Equal($"name,{string.Join(',', names)}", _tool.Output.Split('\n')[0].Trim());
    }

    [Fact]
    public async Task JSON_is_all_of_the_output()
    {
        _tool.Write("texts.csv", "text\n" + string.Join('\n', ToolRun.TwoTopics()));
        await _tool.Good("topics", "@texts.csv", "--topics", "2", "-o", "@t.zip", "--words", "3", "--json");
        var topics = _tool.Json.GetProperty("topics");
        Assert.Equal(2, topics.GetArrayLength());
        Assert.All(topics.EnumerateArray(), topic => Assert.Equal(3, topic.GetProperty("words").GetArrayLength()));
        Assert.Equal(1, topics.EnumerateArray().Sum(topic => topic.GetProperty("share").GetDouble()), 1e-6);
        Assert.Equal(60, _tool.Json.GetProperty("texts").GetInt32());
    }

    [Theory]
    [InlineData("commas.csv", ',', "id,body\n", "--column", "body")]
    [InlineData("number.csv", ';', "id;body\n", "--column", "2")]
    [InlineData("longest.csv", '|', "id|words\n")]
    [InlineData("tabs.tsv", '\t', "id\ttext\n")]
    [InlineData("none.csv", ',', "", "--no-header")]
    [InlineData("odd.csv", '~', "id~text\n", "--delimiter", "~")]
    public async Task Columns_are_found(string name, char delimiter, string header, params string[] options)
    {
        _tool.Write(name, header + string.Join('\n', ToolRun.TwoTopics().Select((text, i) => $"{i}{delimiter}{text}")));
        await _tool.Good(["topics", "@" + name, "--topics", "2", "-o", "@t.zip", "--json", .. options]);
        Assert.Equal(16, _tool.Json.GetProperty("words").GetInt32());
        Assert.Equal(60, _tool.Json.GetProperty("texts").GetInt32());
    }

    [Fact]
    public async Task JSON_lines_text_lines_and_folders_are_read()
    {
        var texts = ToolRun.TwoTopics();
        _tool.Write("t.jsonl", string.Join('\n', texts.Select((text, i) => $"{{\"n\": {i}, \"text\": \"{text}\"}}")));
        _tool.Write("t.txt", string.Join("\r\n", texts));
        Directory.CreateDirectory(_tool.File("folder"));
        for (var i = 0; i < texts.Count; i++)
            _tool.Write($"folder/{i}.txt", texts[i]);
        foreach (var input in new[] { "@t.jsonl", "@t.txt", "@folder" })
        {
            await _tool.Good("topics", input, "--topics", "2", "-o", "@t.zip", "--json");
            Assert.Equal(60, _tool.Json.GetProperty("texts").GetInt32());
            Assert.Equal(16, _tool.Json.GetProperty("words").GetInt32());
        }
    }

    [Fact]
    public async Task Byte_order_marks_quoted_lines_and_rows_without_text_are_no_trouble()
    {
        var rows = ToolRun.TwoTopics().Select((text, i) => $"{i},\"{text.Replace(" ", "\n")}, \"\"said\"\"\"\n");
        _tool.Write("t.csv", "id,text\n" + string.Concat(rows) + "61,\n\n62,\"  \"\n", new UTF8Encoding(true));
        await _tool.Good("topics", "@t.csv", "--topics", "2", "-o", "@t.zip", "--json");
        Assert.Equal(60, _tool.Json.GetProperty("texts").GetInt32());
        Assert.Equal(2, _tool.Json.GetProperty("rowsWithoutText").GetInt32());
    }

    [Fact]
    public async Task Encodings_are_read_where_they_are_named()
    {
        _tool.Write("t.txt", string.Join('\n', ToolRun.TwoTopics().Select(t => t + " käse")), Encoding.Latin1);
        var error = await _tool.Bad("topics", "@t.txt", "--topics", "2", "-o", "@t.zip");
        Assert.Contains("t.txt(1): this is not valid utf-8", error, StringComparison.Ordinal);
        await _tool.Good(
            "topics", "@t.txt", "--topics", "2", "-o", "@t.zip", "--encoding", "latin1", "--max-share", "1", "--json");
        Assert.Contains("käse", _tool.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_line_of_invalid_UTF8_is_said()
    {
        var bytes = Encoding.UTF8.GetBytes(string.Join('\n', ToolRun.TwoTopics(20_000)));
        bytes[^3] = 0xFF;
        File.WriteAllBytes(_tool.File("t.txt"), bytes);
        Assert.Contains(
            "t.txt(20000): this is not valid utf-8", await _tool.Bad("topics", "@t.txt", "-o", "@t.zip"),
            StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("", "t.csv: the file is empty")]
    [InlineData("text\n", "a header and no rows")]
    [InlineData("text\n\" \"\n", "1 rows, all empty")]
    [InlineData("text\none text alone\n", "No words are left to learn from of 1 texts")]
    [InlineData("a,text\n1,x\n2\n", "t.csv(3): this row has 1 columns, but the first has 2")]
    [InlineData("a,text\n1,\"x\n2,y\n3,z\n", "t.csv(2): a quotation mark is opened and not closed")]
    [InlineData("a,text\n1,\"x\" y \"z\"\n2,y\n", "t.csv(2): a quotation mark stands within a field")]
    [InlineData("a,text\n\n1,x\n\n\n2\n", "t.csv(6): this row has 1 columns, but the first has 2")]
    [InlineData("a,text\r\n1,\"x\r\ny\"\r\n\r\n2\r\n", "t.csv(5): this row has 1 columns, but the first has 2")]
    [InlineData("a,text\n\n1,\"x\n2,y\n3,z\n", "t.csv(3): a quotation mark is opened and not closed")]
    public async Task A_file_that_cannot_be_used_is_said(string content, string message)
    {
        _tool.Write("t.csv", content);
        Assert.Contains(message, await _tool.Bad("topics", "@t.csv", "-o", "@t.zip"), StringComparison.Ordinal);
        Assert.False(File.Exists(_tool.File("t.zip")));
    }

    [Theory]
    [InlineData("There is no file or folder", "topics", "@nothing.csv")]
    [InlineData("there is no column \"body\" (--column). There are id, text.", "topics", "@t.csv", "-c", "body")]
    [InlineData("There is no encoding \"klingon\"", "topics", "@t.csv", "--encoding", "klingon")]
    [InlineData("--topics must be from 1", "topics", "@t.csv", "--topics", "0")]
    [InlineData("--max-share must be", "topics", "@t.csv", "--max-share", "2")]
    [InlineData("--resume goes on from the file of --checkpoint", "topics", "@t.csv", "--resume")]
    [InlineData("There is no checkpoint", "topics", "@t.csv", "--resume", "--checkpoint", "@c")]
    [InlineData("it is a folder", "topics", "@t.csv", "-o", "@")]
    [InlineData("--delimiter must be one character", "topics", "@t.csv", "--delimiter", "::")]
    [InlineData("is not a model that ML.NET has saved", "inspect", "@t.csv")]
    [InlineData("There is no file", "explain", "@nothing.zip", "text")]
    [InlineData("--output needs a value, and --json follows it", "topics", "@t.csv", "-o", "--json")]
    [InlineData("Required command", "")]
    public async Task A_mistake_is_one_sentence(string message, params string[] arguments)
    {
        _tool.Write("t.csv", "id,text\n" + string.Join('\n', ToolRun.TwoTopics().Select((text, i) => $"{i},{text}")));
        Assert.Contains(
            message, await _tool.Bad([.. arguments.Where(argument => argument.Length > 0)]), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_row_of_JSON_that_is_broken_is_said_with_its_line()
    {
        _tool.Write("t.jsonl", "{\"text\": \"a\"}\n{\"text\": \n");
        Assert.Contains(
            "t.jsonl(2): this line is no JSON", await _tool.Bad("topics", "@t.jsonl"), StringComparison.Ordinal);
        _tool.Write("t.jsonl", "{\"text\": \"a\"}\n{\"body\": \"b\"}\n");
        Assert.Contains(
            "t.jsonl(2): there is no field \"text\" (--column); there are body",
            await _tool.Bad("topics", "@t.jsonl"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Quotation_marks_within_a_field_that_has_none_around_it_are_text_and_blank_lines_count()
    {
        var texts = ToolRun.TwoTopics();
        _tool.Write(
            "t.csv",
            "text,n\n24\" screen,1\n\n\"two\nlines\",2\n"
            + string.Concat(texts.Select((text, n) => $"{text},{n}\n")));
        await _tool.Good("topics", "@t.csv", "--topics", "2", "-o", "@t.zip");
        Assert.Contains($"{texts.Count + 2} texts", _tool.Error, StringComparison.Ordinal);
        await _tool.Good("transform", "@t.zip", "@t.csv");
        Assert.Equal(
            ["line 2", "line 4", "line 6"],
            _tool.Output.Split('\n').Skip(1).Take(3).Select(line => line.Split(',')[0]));
    }

    [Fact]
    public async Task A_text_may_begin_with_an_at_sign()
    {
        _tool.Write("t.txt", string.Join('\n', ToolRun.TwoTopics()));
        await _tool.Good("topics", "@t.txt", "--topics", "2", "-o", "@t.zip");
        var word = ToolRun.TwoTopics()[0].Split(' ')[0];
        await _tool.Good("explain", "@t.zip", $"@@{word} says: {word}");
        Assert.Contains(word, _tool.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_is_wrong_stands_alone()
    {
        var error = await _tool.Bad("topcs", "t.csv");
        Assert.Contains("topics", error, StringComparison.Ordinal);
        Assert.DoesNotContain("Usage", error, StringComparison.Ordinal);
        error = await _tool.Bad("topics", "t.csv", "--topic", "3");
        Assert.Contains("mlnmf topics --help", error, StringComparison.Ordinal);
        Assert.Contains("Usage", await _tool.Bad(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_same_seed_gives_the_same_topics()
    {
        _tool.Write("t.txt", string.Join('\n', ToolRun.TwoTopics()));
        await _tool.Good("topics", "@t.txt", "--topics", "3", "-o", "@a.zip");
        var first = _tool.Output;
        await _tool.Good("topics", "@t.txt", "--topics", "3", "-o", "@b.zip", "--threads", "1");
        Assert.Equal(first, _tool.Output);
    }

    [Fact]
    public async Task Words_are_chosen_by_language_list_and_length_of_runs()
    {
        _tool.Write("t.txt", string.Join('\n', ToolRun.TwoTopics().Select(t => t + " und der")));
        _tool.Write("stop.txt", "Bread\noven boat");
        await _tool.Good(
            "topics", "@t.txt", "--topics", "2", "-o", "@t.zip", "--max-share", "1", "--language", "German",
            "--stop-words", "@stop.txt", "--json", "--words", "100");
        Assert.Equal(13, _tool.Json.GetProperty("words").GetInt32());
        await _tool.Good("topics", "@t.txt", "--topics", "2", "-o", "@t.zip", "--ngrams", "2", "--json");
        Assert.True(_tool.Json.GetProperty("words").GetInt32() > 16);
    }
}
