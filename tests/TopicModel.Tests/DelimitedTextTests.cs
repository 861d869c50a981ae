using MLNmf.Tool.Input;
using TopicModel.Corpus;

namespace TopicModel.Tests;

public sealed class DelimitedTextTests
{
    [Fact]
    public void Fields_are_split_and_unquoted()
    {
        var read = Read("t.csv", "text,label\r\n\"b, \"\"c\"\"\",x\n\"two\nlines\",5\" disk\n");

        Assert.Equal(["b c", "two lines"], read.Documents.Select(d => d.Text));
        Assert.Equal(["x", "5\" disk"], read.Documents.Select(d => d.Label));
        Assert.Equal(["line 2: b, \"c\"", "line 3: two lines"], read.Documents.Select(d => d.Name));
    }

    [Theory]
    [InlineData("text,b\nc,\"d")]
    [InlineData("text,b\nc,\"d\" e\n")]
    public void Broken_quotes_are_reported_with_their_line(string text)
        => Assert.Contains(
            "t.csv(2): a quotation mark ", Assert.Throws<UserErrorException>(() => Read("t.csv", text)).Message,
            StringComparison.Ordinal);

    [Theory]
    [InlineData("t.tsv", "text\tlabel\n\"Stop!\" he said\tx\n\"no end\ty\n", "\"Stop!\" he said", "\"no end")]
    [InlineData("t.csv", "text,label\n\"a\",x\nb \"c\",y\n", "\"a\"", "b \"c\"")]
    public void Quotation_marks_may_belong_to_the_texts(string name, string text, params string[] texts)
    {
        var read = Read(name, text, quotes: false);
        Assert.Equal(texts.Select((t, i) => $"line {i + 2}: {t}"), read.Documents.Select(d => d.Name));
        Assert.Equal(["x", "y"], read.Documents.Select(d => d.Label));
    }

    [Theory]
    [InlineData("text\tlabel\n\"Stop!\" he said\tx\n")]
    [InlineData("text\tlabel\n\"never ends\tx\nmore\ty\n")]
    [InlineData("text\tlabel\n\"one\tx\ntwo\"\ty\tz\n")]
    public void What_quotation_marks_break_names_the_option(string text)
        => Assert.Contains(
            "--no-quotes", Assert.Throws<UserErrorException>(() => Read("t.tsv", text)).Message,
            StringComparison.Ordinal);

    [Fact]
    public void Columns_are_found_by_their_names()
    {
        var read = Read(
            "texts.csv", "id,Text,Category\n1,a long story about dogs,animals\n2,a story about bread,food\n");

        Assert.Equal(["a long story about dogs", "a story about bread"], read.Documents.Select(d => d.Text));
        Assert.Equal(["animals", "food"], read.Documents.Select(d => d.Label));
        Assert.Equal("Category", read.LabelMeaning);
        Assert.Equal("line 2: a long story about dogs", read.Documents[0].Name);
    }

    [Fact]
    public void Columns_may_be_named_or_numbered()
    {
        const string text = "topic;body;title\nx;the body is longer;a title\n";
        Assert.Equal(
            "a title", Assert.Single(Read("t.csv", text, textColumn: "title", labelColumn: "topic").Documents).Text);
        Assert.Equal(
            "the body is longer", Assert.Single(Read("t.csv", text, textColumn: "2", labelColumn: "3").Documents).Text);
    }

    [Fact]
    public void Without_a_header_the_longest_column_is_the_text()
    {
        var read = Read("t.tsv", "one long sentence about sailing\tsport\nanother long sentence about cooking\tfood\n",
            header: false);

        Assert.Equal(
            ["one long sentence about sailing", "another long sentence about cooking"],
            read.Documents.Select(d => d.Text));
        Assert.All(read.Documents, d => Assert.Equal("", d.Label));
    }

    [Fact]
    public void The_first_row_is_a_header_unless_told_otherwise()
    {
        const string text = "first row of words\tA\nsecond row of words\tB\n";
        Assert.Equal(2, Read("t.tsv", text, header: false).Documents.Count);
        Assert.Equal("B", Assert.Single(Read("t.tsv", text, labelColumn: "2").Documents).Label);
    }

    [Fact]
    public void A_file_of_a_spreadsheet_is_read_as_it_is()
    {
        var read = Read(
            "t.csv", "\ufeffNr;Label;R\u00fcckmeldung\r\n1;A;\"Gut; \"\"sehr\"\" gut\"\r\n\r\n2;B;Schlecht\r\n");
        Assert.Equal(["A", "B"], read.Documents.Select(document => document.Label));
        Assert.Equal("line 2: Gut; \"sehr\" gut", read.Documents[0].Name);
        Assert.Equal("line 4: Schlecht", read.Documents[1].Name);
    }

    [Fact]
    public void Bytes_that_are_no_text_are_told_with_their_line()
    {
        using var folder = new TemporaryFolder();
        var path = folder.Write("t.csv", "");
        File.WriteAllBytes(path, [.. "text\nB"u8, 0xe4, .. "cker\n"u8]);
        var error = Assert.Throws<UserErrorException>(() => DelimitedCorpus.Read(path, new TextOptions()));
        Assert.Contains("t.csv(2): this is not valid utf-8", error.Message, StringComparison.Ordinal);
        Assert.Equal("BÄCKER", Assert.Single(DelimitedCorpus.Read(
            path, new TextOptions { Encoding = System.Text.Encoding.Latin1 }).Documents).Text.ToUpperInvariant());
    }

    [Fact]
    public void Rows_without_text_are_left_out_with_a_note()
    {
        var read = Read("t.csv", "text,label\nwords are here,a\n  ,b\n");
        Assert.Single(read.Documents);
        Assert.Contains("1 row", Assert.Single(read.Notes), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("", ": the file is empty")]
    [InlineData("a,b\nc\n", "(2): this row has 1 columns, but the first has 2")]
    public void Malformed_files_are_reported_with_their_place(string text, string message)
        => Assert.Contains(
            "t.csv" + message, Assert.Throws<UserErrorException>(() => Read("t.csv", text)).Message,
            StringComparison.Ordinal);

    [Fact]
    public void An_unknown_column_is_an_error_that_lists_the_columns()
    {
        var error = Assert.Throws<UserErrorException>(
            () => Read("t.csv", "id,text\n1,a few words here\n", textColumn: "words"));
        Assert.Contains("no column \"words\"", error.Message, StringComparison.Ordinal);
        Assert.Contains("id, text", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_column_cannot_be_text_and_label()
        => Assert.Throws<UserErrorException>(
            () => Read("t.csv", "id,text\n1,a few words here\n", textColumn: "text", labelColumn: "text"));

    [Fact]
    public void A_missing_file_is_one_line()
        => Assert.Equal(
            "There is no file nowhere.csv.",
            Assert.Throws<UserErrorException>(() => DelimitedCorpus.Read("nowhere.csv", new TextOptions())).Message);

    private static DocumentCollection Read(
        string name, string text, string? textColumn = null, string? labelColumn = null, bool header = true,
        bool quotes = true)
    {
        using var folder = new TemporaryFolder();
        return DelimitedCorpus.Read(
            folder.Write(name, text),
            new TextOptions { Column = textColumn, Class = labelColumn, HasHeader = header, HasQuotes = quotes });
    }
}
