using Microsoft.ML.Data;
using SkiaSharp;

namespace PartsOfObjects.Images;

/// <summary>Grey images of one size.</summary>
internal sealed record ImageSet
{
    /// <summary>What they are, in the plural.</summary>
    public required string What { get; init; }

    public required int Width { get; init; }

    /// <summary>One image a row: its pixels row by row, from 0 to 1.</summary>
    public required float[][] Rows { get; init; }

    /// <summary>How many components are usual for them: 49 as in the paper, fewer where images
    /// are small or few.</summary>
    public int UsualRank => KnownParts ?? Math.Max(1, Math.Min(49, Math.Min(Count, Pixels) / 4));

    /// <summary>How many parts they are known to have, or null.</summary>
    public int? KnownParts { get; init; }

    /// <summary>An image worth taking apart.</summary>
    public int Usual { get; init; }

    /// <summary>What is drawn: ink on paper, or light.</summary>
    public required Func<double, SKColor> Palette { get; init; }

    /// <summary>A remark for the report, or nothing.</summary>
    public string Remark { get; init; } = "";

    public int Count => Rows.Length;

    public int Pixels => Rows[0].Length;

    public int Height => Pixels / Width;

    /// <summary>The images as ML.NET takes them: one row each, a vector column "Pixels".</summary>
    public IDataView ToDataView(MLContext context) => ToDataView(context, Rows);

    public static IDataView ToDataView(MLContext context, float[][] rows)
    {
        var schema = SchemaDefinition.Create(typeof(Row));
        schema[nameof(Row.Pixels)].ColumnType = new VectorDataViewType(NumberDataViewType.Single, rows[0].Length);
        return context.Data.LoadFromEnumerable(rows.Select(pixels => new Row { Pixels = pixels }), schema);
    }

    private sealed class Row
    {
        public float[] Pixels { get; set; } = [];
    }
}
