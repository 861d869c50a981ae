using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Transforms;

namespace MLNmf.Tests;

public class SchemaTests
{
    private readonly MLContext _context = new(seed: 1);

    [Theory]
    [InlineData(false, false, false)]
    [InlineData(true, true, true)]
    [InlineData(false, true, false)]
    [InlineData(true, false, true)]
    public void The_promised_schema_is_the_actual_one(bool normalize, bool reconstruction, bool named)
    {
        var view = TestRows.View(
            _context, TestRows.Values(), slotNames: named ? [.. Enumerable.Range(0, 12).Select(f => $"f{f}")] : null);
        var estimator = _context.Transforms.NonnegativeMatrixFactorization(new NmfEstimator.Options
        {
            OutputColumnName = "H", InputColumnName = "Features", Rank = 3, NormalizeOutput = normalize,
            ReconstructionColumnName = reconstruction ? "Y" : null,
        });

        var promised = estimator.GetOutputSchema(SchemaShape.Create(view.Schema));
        var model = estimator.Fit(view);
        var schema = model.GetOutputSchema(view.Schema);
        var actual = SchemaShape.Create(schema);

        Assert.Equal(Describe(promised), Describe(actual));
        Assert.Equal(Describe(actual), Describe(SchemaShape.Create(model.Transform(view).Schema)));
        Assert.Equal(normalize, schema["H"].IsNormalized());
        var names = default(VBuffer<ReadOnlyMemory<char>>);
        schema["H"].GetSlotNames(ref names);
        Assert.Equal(["Component0", "Component1", "Component2"], names.DenseValues().Select(name => name.ToString()));
    }

    [Fact]
    public void The_input_column_may_be_replaced()
    {
        var view = TestRows.View(_context, TestRows.Values());
        var model = _context.Transforms.NonnegativeMatrixFactorization("Features", rank: 3).Fit(view);

        Assert.Equal("Features", model.InputColumnName);
        Assert.Equal(3, ((VectorDataViewType)model.Transform(view).Schema["Features"].Type).Size);
    }

    [Fact]
    public void The_transformer_maps_rows_one_to_one()
    {
        var view = TestRows.View(_context, TestRows.Values());
        ITransformer model = _context.Transforms.NonnegativeMatrixFactorization("H", "Features", rank: 3).Fit(view);

        Assert.True(model.IsRowToRowMapper);
        var mapper = model.GetRowToRowMapper(view.Schema);
        Assert.Equal(["Features"], mapper.GetDependencies([mapper.OutputSchema["H"]]).Select(column => column.Name));
    }

    [Fact]
    public void A_wrong_type_is_refused_before_any_row_is_read()
    {
        var shape = SchemaShape.Create(_context.Data.LoadFromEnumerable(new[] { new { Features = 1f } }).Schema);

        var error = Assert.Throws<ArgumentOutOfRangeException>(
            () => _context.Transforms.NonnegativeMatrixFactorization("H", "Features").GetOutputSchema(shape));

        Assert.Contains("expected known-size vector of Single or another number, got Single", error.Message);
    }

    private static string[] Describe(SchemaShape shape)
        => [.. shape.OrderBy(column => column.Name).Select(column => $"{Text(column)} [{Text(column.Annotations)}]")];

    private static string Text(SchemaShape.Column column)
        => $"{column.Name}: {column.Kind} {column.ItemType} key {column.IsKey}";

    private static string Text(IEnumerable<SchemaShape.Column> annotations)
        => string.Join(", ", annotations.OrderBy(a => a.Name).Select(a => $"{a.Name}: {a.Kind} {a.ItemType}"));
}
