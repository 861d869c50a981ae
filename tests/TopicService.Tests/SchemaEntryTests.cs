using System.Globalization;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace TopicService.Tests;

/// <summary>The check of the schema within a model: what ML.NET writes passes, and on what passes ML.NET's reader comes
/// to an end.</summary>
public sealed class SchemaEntryTests
{
    private static readonly byte[] File = Save();

    private static int Mutants
        => int.TryParse(Environment.GetEnvironmentVariable("MUTANTS"), CultureInfo.InvariantCulture, out var count)
            ? count : 400;

    [Fact]
    public void Schemas_with_columns_of_all_kinds_pass()
    {
        ModelArchive.Verify(File);
        new MLContext().Model.Load(new MemoryStream(File), out var schema);
        Assert.Equal(
            ["Cat", "Day", "Flags", "Key", "Keys", "Number", "Numbers", "Open", "Span", "Text", "Words"],
            schema.Select(column => column.Name).Where(name => name.Length < 8).Distinct().Order());
        Assert.True(schema["Words"].Annotations.Schema.Count > 0 && schema["Cat"].Annotations.Schema.Count > 0);
    }

    [Fact]
    public async Task ML_NET_comes_to_an_end_on_every_mutant_that_passes()
    {
        var random = new Random(23);
        var (passed, refused) = (0, 0);
        for (var i = 0; i < Mutants; i++)
        {
            var mutant = Archives.Altered(File, "Schema", bytes => MutatedModelTests.Mutate(bytes, random));
            var error = Record.Exception(() => ModelArchive.Verify(mutant));
            if (error is not null)
            {
                Assert.IsType<InvalidDataException>(error);
                refused++;
                continue;
            }

            passed++;
            var load = Task.Run(() => Record.Exception(
                () => new MLContext().Model.Load(new MemoryStream(mutant), out _)));
            var ended = await Task.WhenAny(load, Task.Delay(TimeSpan.FromSeconds(30)));
            Assert.True(ended == load, $"Mutant {i} passes, and its load has no end.");
            Assert.False(await load is OutOfMemoryException, $"Mutant {i} takes all memory.");
        }

        Assert.True(passed > Mutants / 20 && refused > Mutants / 20, $"{passed} passed, {refused} refused");
    }

    // A type within a type within a type: the reader would call itself until its stack is full.
    [Fact]
    public void Types_within_types_are_refused()
    {
        var nested = Archives.Altered(File, "Schema", bytes =>
        {
            var (outer, inner) = ("\u0007VBuffer"u8.ToArray(), bytes.AsSpan().IndexOf("\u0007VBuffer"u8));
            outer.CopyTo(bytes, inner + outer.Length + 1);
        });
        Assert.Throws<InvalidDataException>(() => ModelArchive.Verify(nested));
    }

    // Keys within keys as deep as a file is long would end the process, which nothing catches.
    [Theory]
    [InlineData("Key")]
    [InlineData("Key2")]
    [InlineData("VBuffer")]
    public void Types_within_types_are_refused_at_any_depth(string type)
    {
        const int Header = 256, Depth = 100_000;
        using var content = new MemoryStream();
        using var writer = new BinaryWriter(content);
        content.Position = Header;
        writer.Write("Column");
        for (var i = 0; i < Depth; i++)
        {
            writer.Write(type);
            writer.Write((byte)0);
        }

        var tail = content.Position;
        writer.Write("\0BVD\0LMC"u8);
        content.Position = 0;
        writer.Write("CML\0DVB\0"u8);
        content.Position = 3 * sizeof(long);
        writer.Write((long)Header);
        writer.Write(tail);
        writer.Write(0L);
        writer.Write(1);
        Assert.Throws<InvalidDataException>(() => SchemaEntry.Verify(content.ToArray()));
    }

    private static byte[] Save()
    {
        var context = new MLContext(1);
        var rows = context.Data.LoadFromEnumerable(
            [new Row { Cat = "a", Text = "one two" }, new Row { Cat = "b", Text = "two three" }]);
        var before = context.Transforms.Conversion.MapValueToKey("Cat")
            .Append(context.Transforms.Text.ProduceWordBags("Words", "Text"))
            .Append(context.Transforms.Conversion.MapValueToKey("Keys", "Numbers"));
        var data = before.Fit(rows).Transform(rows);
        using var stream = new MemoryStream();
        context.Model.Save(context.Transforms.CopyColumns("Copy", "Number").Fit(data), data.Schema, stream);
        return stream.ToArray();
    }

    private sealed class Row
    {
        public string Cat { get; set; } = "";

        public string Text { get; set; } = "";

        public double Number { get; set; }

        [VectorType(2)]
        public int[] Numbers { get; set; } = [1, 2];

        public float[] Open { get; set; } = [1, 2, 3];

        [VectorType(3)]
        public bool[] Flags { get; set; } = [true, false, true];

        [KeyType(5)]
        public uint Key { get; set; } = 1;

        public DateTime Day { get; set; }

        public TimeSpan Span { get; set; }
    }
}
