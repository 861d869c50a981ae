using System.Buffers.Binary;
using System.Diagnostics;
using System.Globalization;
using System.Text.RegularExpressions;
using System.Xml.Linq;
using Microsoft.DotNet.Interactive.Formatting;
using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Transforms;
using Nmf;

namespace MLNmf.Tests;

/// <summary>What a notebook shows of a model.</summary>
public sealed class NotebookTests
{
    private const string Hostile = "<script>attack()</script>\"'&\u202e";

    public NotebookTests() => NmfNotebook.Register();

    [Fact]
    public void A_model_shows_components_shares_and_history()
    {
        var model = Fit();
        var html = model.ToDisplayString(HtmlFormatter.MimeType);
        Assert.Equal(model.View().ToHtml(), html);
        Assert.Contains("2 components x 6 features of 40 samples", html);
        Assert.Equal(2, Regex.Count(html, "<tr><td"));
        for (var k = 0; k < 2; k++)
        {
            Assert.Contains($"Component{k}", html);
            Assert.Contains(model.Contributions[k].ToString("P1", CultureInfo.InvariantCulture), html);
        }

        // Largest features first: of the column of zeros none is shown.
        var largest = Enumerable.Range(0, 6).OrderByDescending(f => model.Dictionary[f, 0]).Take(3);
        Assert.Contains($">{string.Join(", ", largest)}", html);
        var path = XElement.Parse(Regex.Match(html, "(?s)<svg.*</svg>").Value).Descendants("path").Single();
        Assert.Equal(model.Report.History.Count, Regex.Count(path.Attribute("d")!.Value, "[ML]"));
        Assert.DoesNotContain("NaN", html);
        Assert.Equal(["text/html"], Formatter.GetPreferredMimeTypesFor(typeof(NmfModel<float>)));
    }

    [Fact]
    public void Every_type_of_a_model_is_shown()
    {
        var (transformer, _) = Transformer();
        var html = transformer.Model.ToDisplayString("text/html");
        Assert.Equal(html, transformer.ToDisplayString("text/html"));
        Assert.Equal(html, transformer.Model.View().ToDisplayString("text/html"));
        Assert.Contains("of 40 rows", html);
        Assert.StartsWith("<div", FitAs<double>().ToDisplayString("text/html"));

        var context = new MLContext(1);
        var data = context.Data.LoadFromEnumerable(
            Enumerable.Range(0, 20).Select(i => new Row { Values = [1, 1 + (i % 3), 2, 1 + (i % 5), 3, 1] }));
        var sequence = context.Transforms.SmoothNmf("H", "Values", rank: 2).Fit(data);
        Assert.Equal(sequence.Model.View().ToHtml(), sequence.ToDisplayString("text/html"));
        var marginal = context.Transforms.MarginalLikelihoodNmf("H", "Values", rank: 2).Fit(data);
        Assert.Equal(marginal.Model.View().ToHtml(), marginal.ToDisplayString("text/html"));
    }

    [Fact]
    public void Large_pictures_are_shown_smaller()
    {
        const int rows = 900, columns = 500;
        var components = new Nmf.Kernels.Matrix<float>(1, rows * columns);
        for (var i = 0; i < components.Columns; i++)
            components[0, i] = (i / columns / 3) + (i % 3);
        var view = NmfModelParameters.FromComponents(components).View() with { Shape = (rows, columns) };
        var html = view.ToHtml();
        Assert.InRange(html.Length, 50_000, 100_000);
        Assert.Contains("width=\"53\" height=\"96\"", html);
        var bitmap = Convert.FromBase64String(Regex.Match(html, "data:image/bmp;base64,([^\"]*)").Groups[1].Value);
        Assert.Equal(167, BinaryPrimitives.ReadInt32LittleEndian(bitmap.AsSpan(18)));
        Assert.Equal(300, BinaryPrimitives.ReadInt32LittleEndian(bitmap.AsSpan(22)));
        var start = BinaryPrimitives.ReadInt32LittleEndian(bitmap.AsSpan(10));
        // Blocks of 3 x 3 have the mean of three rows and three columns: the number of the block, and 1.
        for (var row = 0; row < 300; row++)
            Assert.Equal(255 * (1 - ((row + 1) / 300.0)), bitmap[start + (168 * (299 - row)) + 7], 1.0);
    }

    [Fact]
    public void Names_are_text_whatever_is_in_them()
    {
        var view = Fit().Named([Hostile, "b"]).View() with
        {
            FeatureNames = [.. Enumerable.Repeat(Hostile, 6)], Shape = (2, 3),
        };
        var html = view.ToHtml();
        Assert.DoesNotContain("<script", html);
        Assert.DoesNotContain("alt=\"<", html);
        Assert.Contains("&lt;script&gt;attack()&lt;/script&gt;&quot;&#39;&amp;", html);
    }

    [Fact]
    public void Components_with_a_shape_are_pictures()
    {
        var model = Fit();
        var html = (model.View() with { Shape = (2, 3) }).ToHtml();
        var pictures = Regex.Matches(html, "data:image/bmp;base64,([^\"]*)");
        Assert.Equal(2, pictures.Count);
        Assert.Contains("width=\"96\" height=\"64\"", html);
        for (var k = 0; k < 2; k++)
        {
            var bitmap = Convert.FromBase64String(pictures[k].Groups[1].Value);
            Assert.Equal("BM"u8, bitmap.AsSpan(0, 2));
            Assert.Equal(bitmap.Length, BinaryPrimitives.ReadInt32LittleEndian(bitmap.AsSpan(2)));
            Assert.Equal(3, BinaryPrimitives.ReadInt32LittleEndian(bitmap.AsSpan(18)));
            Assert.Equal(2, BinaryPrimitives.ReadInt32LittleEndian(bitmap.AsSpan(22)));
            var largest = Enumerable.Range(0, 6).Max(f => model.Dictionary[f, k]);
            var start = BinaryPrimitives.ReadInt32LittleEndian(bitmap.AsSpan(10));
            for (var f = 0; f < 6; f++)
            {
                // The last row comes first, rows are four bytes.
                var grey = bitmap[start + (4 * (1 - (f / 3))) + (f % 3)];
                Assert.Equal(255 * (1 - (model.Dictionary[f, k] / largest)), grey, 0.51);
            }
        }
    }

    [Fact]
    public void What_does_not_fit_is_refused()
    {
        var view = Fit().View();
        Refused("2 x 2, but the components have 6", view with { Shape = (2, 2) });
        Refused("0 x 6", view with { Shape = (0, 6) });
        Refused("5 names", view with { FeatureNames = ["a", "b", "c", "d", "e"] });
        Refused("not be negative", view with { Features = -1 });
        Assert.Contains("The first 1 of 2 components", (view with { Components = 1 }).ToHtml());

        static void Refused(string words, NmfView view)
            => Assert.Contains(words, Assert.Throws<InvalidOperationException>(view.ToHtml).Message);
    }

    [Theory]
    [InlineData(",")]
    [InlineData("٫")]
    public void Numbers_are_written_the_same_everywhere(string separator)
    {
        var (model, before) = (Fit(), CultureInfo.CurrentCulture);
        var html = model.View().ToHtml();
        try
        {
            CultureInfo.CurrentCulture = new CultureInfo("") { NumberFormat = { NumberDecimalSeparator = separator } };
            Assert.Equal(html, model.View().ToHtml());
        }
        finally
        {
            CultureInfo.CurrentCulture = before;
        }
    }

    [Fact]
    public void A_debugger_shows_what_a_model_says_of_itself()
    {
        foreach (var type in new[] { typeof(NmfModel<>), typeof(NmfModelParameters), typeof(NmfTransformer) })
        {
            var display = Assert.Single(type.GetCustomAttributes(typeof(DebuggerDisplayAttribute), inherit: false));
            Assert.Equal("{ToString(),nq}", ((DebuggerDisplayAttribute)display).Value);
        }
    }

    private static float[] Values()
    {
        var random = new Random(3);
        return
        [
            .. Enumerable.Range(0, 240)
                .Select(i => i % 6 == 5 ? 0 : (i / 6 % 2 == i % 2 ? 5 : 1) * random.NextSingle()),
        ];
    }

    private static NmfModel<float> Fit() => FitAs<float>();

    private static NmfModel<T> FitAs<T>()
        where T : unmanaged, System.Numerics.IBinaryFloatingPointIeee754<T>
        => NmfFactorizer.Fit(
            NmfData<T>.FromDense([.. Values().Select(T.CreateChecked)], 40, 6), new NmfOptions { Rank = 2, Seed = 1 });

    private static (NmfTransformer Transformer, IDataView Data) Transformer()
    {
        var context = new MLContext(1);
        var values = Values();
        var data = context.Data.LoadFromEnumerable(
            Enumerable.Range(0, 40).Select(n => new Row { Values = values[(6 * n)..(6 * (n + 1))] }).ToArray());
        return (context.Transforms.NonnegativeMatrixFactorization("H", "Values", rank: 2, seed: 1).Fit(data), data);
    }

    private sealed class Row
    {
        [VectorType(6)]
        public float[] Values { get; set; } = [];
    }
}
