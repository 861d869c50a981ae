using System.Xml;
using TopicModel.Corpus;

namespace TopicModel.Tests;

public sealed class XmlDocumentationTests
{
    private const string LongSummary = "alpha beta gamma delta epsilon zeta eta theta iota kappa lambda mu nu xi "
        + "omicron pi rho sigma tau upsilon phi chi psi omega";

    [Fact]
    public void A_type_and_its_members_make_one_document()
    {
        var document = Assert.Single(Read(
            Member("T:Some.Space.FileCopier", $"<summary>{LongSummary}</summary>"),
            Member(
                "M:Some.Space.FileCopier.CopyAll(System.String)",
                "<summary>Copies to <see cref=\"T:Other.Place.TargetFolder\" />.</summary><param name=\"x\">the "
                + "source</param>"),
            Member(
                "P:Some.Space.FileCopier.Speed",
                "<summary>Bytes <paramref name=\"x\" />per second.</summary><returns>a speed</returns>")));

        Assert.Equal("Some.Space.FileCopier", document.Name);
        Assert.Equal("FileCopier", document.ShortName);
        Assert.Equal("Some.Space", document.Label);
        foreach (var words in new[] { "File Copier", LongSummary, "Copy All Copies to Target Folder the source",
            "Speed Bytes per second a speed" })
        {
            Assert.Contains(words, document.Text, StringComparison.Ordinal);
        }
        Assert.DoesNotContain("Other", document.Text, StringComparison.Ordinal);
    }

    [Fact]
    public void Exceptions_code_and_members_of_every_type_are_left_out()
    {
        var document = Assert.Single(Read(
            Member(
                "T:A.B",
                $"<summary>{LongSummary}</summary><exception "
                + "cref=\"T:E\">unwanted</exception><example><code>unwanted</code></example>"),
            Member("M:A.B.Equals(System.Object)", "<summary>unwanted</summary>"),
            Member("M:A.B.op_Equality(A.B,A.B)", "<summary>unwanted</summary>"),
            Member("M:A.B.#ctor", "<summary>made anew</summary>")));

        Assert.DoesNotContain("unwanted", document.Text, StringComparison.Ordinal);
        Assert.DoesNotContain("ctor", document.Text, StringComparison.Ordinal);
        Assert.Contains("made anew", document.Text, StringComparison.Ordinal);
    }

    [Fact]
    public void Overloads_that_repeat_a_passage_count_once()
    {
        var document = Assert.Single(Read(
            Member("T:A.B", $"<summary>{LongSummary}</summary>"),
            Member("M:A.B.Fly", "<summary>Takes off.</summary>"),
            Member("M:A.B.Fly(System.Int32)", "<summary>Takes off.</summary><param name=\"h\">height</param>")));

        Assert.EndsWith("Fly Takes off height", document.Text, StringComparison.Ordinal);
    }

    [Fact]
    public void Generic_and_nested_types_belong_to_the_outermost_type_and_its_namespace()
    {
        var document = Assert.Single(Read(
            Member("T:A.B.List`1", $"<summary>{LongSummary}</summary>"),
            Member("T:A.B.List`1.Walker", "<summary>Walks along.</summary>"),
            Member("M:A.B.List`1.Walker.MoveNext", "<summary>Goes on.</summary>"),
            Member("M:A.B.List`1.ConvertAll``1(System.Func{`0,``0})", "<summary>Converts.</summary>")));

        Assert.Equal("A.B.List<>", document.Name);
        Assert.Equal("A.B", document.Label);
        foreach (var words in
            new[] { "List " + LongSummary, "Walker Walks along", "Move Next Goes on", "Convert All Converts" })
        {
            Assert.Contains(words, document.Text, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void Inherited_text_is_taken_from_the_member_that_is_named()
    {
        var documents = Read(
            Member("T:A.Base", $"<summary>{LongSummary}</summary>"),
            Member("M:A.Base.Run", "<summary>runs fast</summary>"),
            Member("T:A.Derived", "<inheritdoc cref=\"T:A.Base\" />"),
            Member("M:A.Derived.Run", "<inheritdoc cref=\"M:A.Base.Run\"/>"),
            Member("M:A.Derived.Turn", "<inheritdoc/>"),
            Member("M:A.Derived.Loop", "<inheritdoc cref=\"M:A.Derived.Loop\"/>"));

        var derived = Assert.Single(documents, d => d.Name == "A.Derived");
        Assert.Contains("runs fast", derived.Text, StringComparison.Ordinal);
        Assert.Contains(LongSummary, derived.Text, StringComparison.Ordinal);
        Assert.Contains("Turn", derived.Text, StringComparison.Ordinal);
    }

    [Fact]
    public void Short_types_and_hardware_intrinsics_are_left_out()
        => Assert.Empty(Read(
            Member("T:A.Short", "<summary>Too short.</summary>"),
            Member("T:System.Runtime.Intrinsics.X86.Avx", $"<summary>{LongSummary}</summary>"),
            Member("T:System.Runtime.Intrinsics.Vector", $"<summary>{LongSummary}</summary>")));

    [Fact]
    public void Only_public_types_are_kept_where_they_are_known()
    {
        var reader = new XmlDocumentationReader();
        reader.Add(new StringReader(File(Member("T:A.Public", $"<summary>{LongSummary}</summary>"), Member(
            "T:A.Internal", $"<summary>{LongSummary}</summary>"))));
        reader.AddPublicTypes(["A.Public"]);

        Assert.Equal("A.Public", Assert.Single(reader.Documents()).Name);
    }

    [Fact]
    public void Public_types_are_read_from_an_assembly()
    {
        var names = new HashSet<string>();
        PublicTypes.Collect(typeof(XmlReader).Assembly.Location, names);
        PublicTypes.Collect(typeof(XmlDocumentationReader).Assembly.Location, names);

        Assert.Contains("System.Xml.XmlReader", names);
        Assert.DoesNotContain("TopicModel.Corpus.XmlDocumentationReader", names);
    }

    [Fact]
    public void A_broken_file_is_left_out_whole_with_a_note_and_the_others_are_read()
    {
        using var folder = new TemporaryFolder();
        var reader = new XmlDocumentationReader();
        reader.AddFile(folder.Write("broken.xml", File(Member("T:A.Lost", $"<summary>{LongSummary}</summary>"))[..^8]));
        reader.AddFile(folder.Write("good.xml", File(Member("T:A.Kept", $"<summary>{LongSummary}</summary>"))));
        reader.AddFile(Path.Combine(folder.Path, "missing.xml"));

        Assert.Equal("A.Kept", Assert.Single(reader.Documents()).Name);
        Assert.Collection(
            reader.Notes,
            note => Assert.Contains("broken.xml", note, StringComparison.Ordinal),
            note => Assert.Contains("missing.xml", note, StringComparison.Ordinal));
    }

    [Fact]
    public void A_broken_file_adds_nothing()
    {
        var reader = new XmlDocumentationReader();
        Assert.Throws<XmlException>(
            () => reader.Add(new StringReader(File(Member("T:A.B", $"<summary>{LongSummary}")))));
        Assert.Empty(reader.Documents());
    }

    [Fact]
    public void The_newest_reference_packs_are_found()
    {
        using var folder = new TemporaryFolder();
        folder.Write("dotnet/packs/Microsoft.NETCore.App.Ref/9.0.12/ref/net9.0/Old.xml", "");
        var expected = folder.Write("dotnet/packs/Microsoft.NETCore.App.Ref/10.0.1/ref/net10.0/New.xml", "");

        var found = XmlDocumentationFiles.Find([Path.Combine(folder.Path, "dotnet")]);

        Assert.Equal([expected], found.Files);
        Assert.Contains("Microsoft.NETCore.App.Ref 10.0.1", found.Source, StringComparison.Ordinal);
    }

    [Fact]
    public void Without_documentation_the_message_says_what_to_do()
    {
        using var folder = new TemporaryFolder();
        var error = Assert.Throws<UserErrorException>(() => XmlDocumentationFiles.Find([folder.Path]));
        Assert.Contains("Install the .NET SDK", error.Message, StringComparison.Ordinal);
        Assert.Contains("--data", error.Message, StringComparison.Ordinal);
    }

    private static IReadOnlyList<Document> Read(params string[] members)
    {
        var reader = new XmlDocumentationReader();
        reader.Add(new StringReader(File(members)));
        return reader.Documents();
    }

    private static string Member(string name, string content) => $"<member name=\"{name}\">\n  {content}\n</member>";

    private static string File(params string[] members)
        => "<?xml version=\"1.0\"?>\n<doc><assembly><name>A</name></assembly><members>"
            + $"{string.Concat(members)}</members></doc>";
}
