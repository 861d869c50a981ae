using System.Globalization;
using Nmf.Formats;
using Nmf.Kernels;

namespace MLNmf.Tool.Tests;

/// <summary>Matrices in, models and matrices out.</summary>
public sealed class MatrixCommandTests : IDisposable
{
    private const int Rows = 30;
    private const int Features = 8;

    private readonly ToolRun _tool = new();
    private readonly Matrix<float> _v;

    public MatrixCommandTests()
    {
        var random = new Random(4);
        var (w, h) = (new Matrix<float>(2, Features), new Matrix<float>(Rows, 2));
        _v = new Matrix<float>(Rows, Features);
        for (var k = 0; k < 2; k++)
        {
            for (var f = 0; f < Features; f++)
                w[k, f] = f / 4 == k ? 1 + random.NextSingle() : 0;
        }

        for (var n = 0; n < Rows; n++)
        {
            for (var k = 0; k < 2; k++)
                h[n, k] = random.NextSingle();
            for (var f = 0; f < Features; f++)
                _v[n, f] = (h[n, 0] * w[0, f]) + (h[n, 1] * w[1, f]);
        }

        NpyFile.Write(_tool.File("v.npy"), _v);
    }

    public void Dispose() => _tool.Dispose();

    [Fact]
    public async Task A_matrix_is_factorised_and_its_factors_multiply_to_it()
    {
        await _tool.Good(
            "fit", "@v.npy", "--rank", "2", "-o", "@m.zip", "--activations", "@h.npy", "--components", "@w.npy",
            "--json");
        Assert.True(_tool.Json.GetProperty("explainedPart").GetDouble() > 0.999);
        var (h, w) = (NpyFile.ReadMatrix<float>(_tool.File("h.npy")), NpyFile.ReadMatrix<float>(_tool.File("w.npy")));
        for (var n = 0; n < Rows; n++)
        {
            for (var f = 0; f < Features; f++)
                Assert.Equal(_v[n, f], (h[n, 0] * w[0, f]) + (h[n, 1] * w[1, f]), 0.02);
        }

        await _tool.Good("transform", "@m.zip", "@v.npy", "-o", "@again.npy");
        Assert.Equal(h.ToRowMajor(), NpyFile.ReadMatrix<float>(_tool.File("again.npy")).ToRowMajor());
    }

    [Fact]
    public async Task The_same_numbers_in_every_format_give_the_same_model()
    {
        NpzFile.Write(_tool.File("v.npz"), ("v", _v), ("other", new Matrix<float>(1, 1)));
        MatrixMarketFile.Write(_tool.File("v.mtx"), _v);
        _tool.Write("v.csv", string.Join('\n', Enumerable.Range(0, Rows).Select(n => string.Join(
            ',', _v.Row(n).ToArray().Select(x => x.ToString("R", CultureInfo.InvariantCulture))))));
        var results = new List<string>();
        foreach (var arguments in new string[][] { ["@v.npy"], ["@v.npz", "--array", "v"], ["@v.mtx"],
            ["@v.csv", "--no-header"] })
        {
            await _tool.Good(["fit", .. arguments, "--rank", "2", "-o", "@m.zip"]);
            results.Add(_tool.Output.Replace("Feature", "", StringComparison.Ordinal));
        }

        Assert.Single(results.Distinct());
        Assert.Contains("say which with --array", await _tool.Bad("fit", "@v.npz"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Tables_have_names_of_rows_and_features_and_missing_entries()
    {
        _tool.Write("t.csv", "gene,a,b,note,c\nx,1,2,n,3\ny,2,,n,6\nz,3,6,n,9\n");
        Assert.Contains(
            "t.csv(2): column note has \"n\", which is no number", await _tool.Bad("fit", "@t.csv", "--rank", "1"),
            StringComparison.Ordinal);
        Assert.Contains(
            "t.csv(3): column b has no value. If it was not observed, say --missing",
            await _tool.Bad("fit", "@t.csv", "--rank", "1", "--ignore", "note"), StringComparison.Ordinal);
        await _tool.Good(
            "fit", "@t.csv", "--rank", "1", "--ignore", "note", "--missing", "-o", "@m.zip", "--activations", "@h.csv");
        Assert.Contains("gene, has no numbers: it is taken for the names", _tool.Error, StringComparison.Ordinal);
        Assert.Contains("c, b, a", _tool.Output, StringComparison.Ordinal);
        Assert.Equal(
            ["name", "x", "y", "z"], File.ReadAllLines(_tool.File("h.csv")).Select(line => line.Split(',')[0]));
    }

    [Fact]
    public async Task A_value_that_cannot_be_factorised_is_said_with_its_place()
    {
        _v[3, 5] = -2;
        NpyFile.Write(_tool.File("v.npy"), _v);
        var error = await _tool.Bad("fit", "@v.npy", "--rank", "2", "-o", "@m.zip");
        Assert.Contains("-2", error, StringComparison.Ordinal);
        Assert.Contains("row 3", error, StringComparison.Ordinal);
        Assert.Contains("5", error, StringComparison.Ordinal);
        Assert.Contains("--beta must be", await _tool.Bad("fit", "@v.npy", "--beta", "x"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Models_are_converted_and_come_back()
    {
        await _tool.Good("fit", "@v.npy", "--rank", "2", "-o", "@m.zip", "--beta", "kl");
        await _tool.Good("convert", "@m.zip", "@m.json");
        await _tool.Good("convert", "@m.json", "@n.zip");
        await _tool.Good("convert", "@n.zip", "@n.json");
        Assert.Equal(File.ReadAllText(_tool.File("m.json")), File.ReadAllText(_tool.File("n.json")));
        await _tool.Good("convert", "@m.zip", "@w.npy");
        await _tool.Good("convert", "@m.zip", "@w.csv");
        await _tool.Good("convert", "@w.npy", "@o.zip", "--beta", "kl");
        await _tool.Good("transform", "@m.zip", "@v.npy");
        var expected = _tool.Output;
        await _tool.Good("transform", "@o.zip", "@v.npy");
        Assert.Equal(expected, _tool.Output);
        Assert.Equal(3, File.ReadAllLines(_tool.File("w.csv")).Length);

        await _tool.Good("convert", "@m.zip", "@m.onnx");
        Assert.True(new FileInfo(_tool.File("m.onnx")).Length > 1000);
        _tool.Write("bad.json", "{}");
        Assert.Contains("not the JSON of a model", await _tool.Bad("convert", "@bad.json", "@x.zip"),
            StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_survey_tells_the_rank()
    {
        await _tool.Good(
            "survey", "@v.npy", "--ranks", "1-4", "--starts", "3", "--folds", "2", "--html", "@ranks.html");
        Assert.Contains("2", _tool.Output, StringComparison.Ordinal);
        Assert.Contains("<svg", File.ReadAllText(_tool.File("ranks.html")), StringComparison.Ordinal);
        Assert.Contains("--ranks are such as", await _tool.Bad("survey", "@v.npy", "--ranks", "4-1"),
            StringComparison.Ordinal);
    }
}
