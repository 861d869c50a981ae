using Nmf.Kernels;

namespace Nmf.Formats.Tests;

public sealed class MatrixFileShardsTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory();

    public void Dispose() => _folder.Delete(true);

    [Fact]
    public async Task Files_that_match_are_shards_in_the_order_of_their_names()
    {
        var dense = Matrix<float>.FromRowMajor([1, 0, 2, 3, 4, 5], 2, 3);
        var sparse = SparseMatrix<float>.FromCsr(1, 3, [0, 2], [0, 2], [7f, 8]);
        MatrixMarketFile.Write(In("part-10.mtx"), sparse);
        NpyFile.Write(In("part-00.npy"), dense);
        NpzFile.WriteSparse(In("part-02.npz"), sparse);
        NpzFile.Write(In("part-01.npz"), ("v", dense));
        MatrixMarketFile.Write(In("part-11.mtx"), dense);
        NpyFile.Write(In("other.npy"), dense);
        var source = new MatrixFileShards();
        Assert.Equal(5, await source.CountAsync(In("part-*"), default));
        string[] names = ["part-00.npy", "part-01.npz", "part-02.npz", "part-10.mtx", "part-11.mtx"];
        for (var s = 0; s < names.Length; s++)
        {
            Assert.Equal(In(names[s]), source.NameOf(In("part-*"), s));
            var data = await source.LoadAsync(In("part-*"), s, default);
            Assert.Equal(s is 2 or 3, data.IsSparse);
            Assert.Equal((s is 2 or 3 ? 1 : 2, 3), (data.Samples, data.Features));
        }
    }

    [Fact]
    public async Task Addresses_do_not_leave_the_folder_that_they_are_given()
    {
        NpyFile.Write(In("part-0.npy"), Matrix<float>.FromRowMajor([1, 2], 1, 2));
        var inner = _folder.CreateSubdirectory("inner");
        NpyFile.Write(Path.Combine(inner.FullName, "part-0.npy"), Matrix<float>.FromRowMajor([1, 2, 3], 1, 3));
        _folder.CreateSubdirectory("inner-other");
        var source = new MatrixFileShards(folder: inner.FullName);
        Assert.Equal(1, await source.CountAsync("part-*.npy", default));
        Assert.Equal(3, (await source.LoadAsync("part-*.npy", 0, default)).Features);
        Assert.Equal(1, await source.CountAsync(Path.Combine(inner.FullName, "*.npy"), default));
        foreach (var address in new[] { "../*.npy", "../inner-other/*", In("part-*.npy"), "x/../../*.npy", "/etc/*" })
        {
            var error = await Assert.ThrowsAsync<ArgumentException>(
                async () => await source.CountAsync(address, default));
            Assert.Contains($"{address} leaves the folder", error.Message, StringComparison.Ordinal);
        }

        await Assert.ThrowsAsync<FileNotFoundException>(async () => await source.CountAsync("..x/", default));
    }

    [Fact]
    public async Task A_shard_of_zeros_is_one_and_a_negative_value_is_told()
    {
        NpyFile.Write(In("a.npy"), new Matrix<float>(2, 3));
        NpyFile.Write(In("b.npy"), Matrix<float>.FromRowMajor([1, 1, 1, 1, -1, 1], 2, 3));
        var source = new MatrixFileShards();
        Assert.Equal(2, (await source.LoadAsync(In("*.npy"), 0, default)).Samples);
        var error = await Assert.ThrowsAsync<NmfDataException>(
            async () => await source.LoadAsync(In("*.npy"), 1, default));
        Assert.Equal((1, 1), (error.Sample, error.Feature));
    }

    [Fact]
    public async Task What_NaN_and_absent_entries_mean_can_be_said()
    {
        NpyFile.Write(In("a.npy"), Matrix<float>.FromRowMajor([1, float.NaN], 1, 2));
        NpzFile.WriteSparse(In("b.npz"), SparseMatrix<float>.FromCsr(1, 2, [0, 1], [0], [1f]));
        await Assert.ThrowsAsync<NmfDataException>(
            async () => await new MatrixFileShards().LoadAsync(In("a.npy"), 0, default));
        var source = new MatrixFileShards(MissingValues.NaN, AbsentEntries.Missing);
        Assert.Equal(1, (await source.LoadAsync(In("a.npy"), 0, default)).Mean);
        Assert.Equal(AbsentEntries.Missing, (await source.LoadAsync(In("b.npz"), 0, default)).AbsentEntries);
    }

    [Fact]
    public async Task What_is_not_there_or_has_several_arrays_is_told()
    {
        var source = new MatrixFileShards();
        var error = await Assert.ThrowsAsync<FileNotFoundException>(
            async () => await source.CountAsync(In("none-*.npy"), default));
        Assert.Contains("No file matches", error.Message, StringComparison.Ordinal);
        var one = Matrix<float>.FromRowMajor([1], 1, 1);
        NpzFile.Write(In("two.npz"), ("a", one), ("b", one));
        Assert.Contains(
            "has 2 arrays",
            (await Assert.ThrowsAsync<MatrixFormatException>(
                async () => await source.LoadAsync(In("two.npz"), 0, default))).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_file_that_has_gone_since_the_shards_were_counted_is_told()
    {
        var source = new MatrixFileShards();
        NpyFile.Write(In("a-0.npy"), Matrix<float>.FromRowMajor([1], 1, 1));
        NpyFile.Write(In("a-1.npy"), Matrix<float>.FromRowMajor([1], 1, 1));
        Assert.Equal(2, await source.CountAsync(In("a-*.npy"), default));
        File.Delete(In("a-0.npy"));
        var error = await Assert.ThrowsAsync<FileNotFoundException>(
            async () => await source.LoadAsync(In("a-*.npy"), 1, default));
        Assert.Contains($"no file for shard 1 (counted from 0): 1 match {In("a-*.npy")} now", error.Message,
            StringComparison.Ordinal);
    }

    private string In(string name) => Path.Combine(_folder.FullName, name);
}
