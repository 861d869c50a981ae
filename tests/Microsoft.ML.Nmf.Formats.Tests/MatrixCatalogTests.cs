using Microsoft.ML.Data;
using Nmf.Kernels;

namespace Microsoft.ML.Nmf.Formats.Tests;

public sealed class MatrixCatalogTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("matrices").FullName;
    private readonly MLContext _ml = new(seed: 1);

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [InlineData("a.npy", true)]
    [InlineData("a.npz", false)]
    [InlineData("a.mtx", false)]
    [InlineData("a.mtx.gz", false)]
    [InlineData("A.NPY", true)]
    public void Rows_come_back_from_every_kind_of_file(string name, bool isDense)
    {
        float[][] rows = [[0.1f, 0, 0, 0, 0], [0, 2, 0, 3, 0], [0, 0, 0, 0, 0], [1, 2, 3, 4, 1f / 3]];
        var matrix = new Matrix<float>(4, 5);
        for (var i = 0; i < rows.Length; i++)
            rows[i].CopyTo(matrix.Row(i));
        var data = _ml.Data.LoadFromMatrix(matrix, "V", ["a", "b", "c", "d", "e"]);
        Assert.True(data.Schema["V"].HasSlotNames());
        var path = Path.Combine(_folder, name);
        _ml.Data.SaveAsMatrixFile(data, path, "V");
        var loaded = _ml.Data.LoadFromMatrixFile(path, "W");
        Assert.Equal(new VectorDataViewType(NumberDataViewType.Single, 5), loaded.Schema["W"].Type);
        Assert.Equal(rows, loaded.GetColumn<float[]>("W"));
        Assert.Equal(
            isDense ? [5, 5, 5, 5] : [1, 2, 0, 5],
            loaded.GetColumn<VBuffer<float>>("W").Select(row => row.GetValues().Length));
        Assert.Equal(4, loaded.GetRowCount());
    }

    [Fact]
    public void An_array_of_an_archive_is_named()
    {
        var path = Path.Combine(_folder, "two.npz");
        var matrix = new Matrix<float>(1, 2);
        matrix[0, 1] = 3;
        NpzFile.Write(path, ("V", matrix), ("W", new Matrix<float>(1, 2)));
        Assert.Equal([[0, 3]], _ml.Data.LoadFromMatrixFile(path, arrayName: "V").GetColumn<float[]>("Features"));
        var error = Assert.Throws<ArgumentException>(() => _ml.Data.LoadFromMatrixFile(path));
        Assert.Contains("two.npz has the arrays V, W", error.Message, StringComparison.Ordinal);
        NpzFile.Write<float>(path);
        var empty = Assert.Throws<MatrixFormatException>(() => _ml.Data.LoadFromMatrixFile(path));
        Assert.Equal("two.npz: the archive has no arrays.", empty.Message);
    }

    [Fact]
    public void What_does_not_fit_is_named()
    {
        var data = _ml.Data.LoadFromMatrix(new Matrix<float>(1, 2));
        Assert.ThrowsAny<ArgumentException>(() => _ml.Data.SaveAsMatrixFile(data, Path.Combine(_folder, "a.txt")));
        Assert.ThrowsAny<ArgumentException>(
            () => _ml.Data.SaveAsMatrixFile(data, Path.Combine(_folder, "a.npy"), "None"));
        Assert.Throws<ArgumentException>(() => _ml.Data.LoadFromMatrixFile("a.txt"));
        Assert.Throws<ArgumentException>(() => _ml.Data.LoadFromMatrix(new Matrix<float>(1, 2), slotNames: ["one"]));
        Assert.Throws<FileNotFoundException>(() => _ml.Data.LoadFromMatrixFile(Path.Combine(_folder, "none.npy")));
        File.WriteAllText(Path.Combine(_folder, "bad.npy"), "no array");
        Assert.Throws<MatrixFormatException>(() => _ml.Data.LoadFromMatrixFile(Path.Combine(_folder, "bad.npy")));
        using var cancelled = new CancellationTokenSource();
        cancelled.Cancel();
        Assert.Throws<OperationCanceledException>(() => _ml.Data.SaveAsMatrixFile(
            data, Path.Combine(_folder, "a.npy"), cancellationToken: cancelled.Token));
    }
}
