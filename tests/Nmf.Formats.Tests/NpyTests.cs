using System.Text;
using Nmf.Kernels;

namespace Nmf.Formats.Tests;

public sealed class NpyTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public static TheoryData<string> Types =>
        [.. from kind in new[] { "f2", "f4", "f8", "i1", "i2", "i4", "i8", "u1", "u2", "u4", "u8", "b1" }
            from order in new[] { "le", "be" }
            select $"{kind}{order}.npy"];

    public void Dispose() => _folder.Dispose();

    [Theory]
    [MemberData(nameof(Types))]
    [InlineData("fortran.npy")]
    [InlineData("version1.npy")]
    [InlineData("version2.npy")]
    [InlineData("version3.npy")]
    [InlineData("empty.npy")]
    public void What_NumPy_has_written_is_read(string name)
    {
        var (path, values) = Golden.Write(_folder, name);
        Require.Equal(values, NpyFile.ReadMatrix<double>(path));
        Require.Equal(values, NpyFile.ReadMatrix<float>(path));
    }

    [Fact]
    public void A_vector_is_read_as_such()
    {
        var (path, values) = Golden.Write(_folder, "vector.npy");
        Assert.Equal(values.Select(row => row[0]), NpyFile.ReadVector<double>(path));
        Assert.Equal([7], NpyFile.ReadHeader(path).Shape);
        Assert.Contains("(7,); a matrix has two", Error(() => NpyFile.ReadMatrix<double>(path)));
    }

    [Theory]
    [InlineData("cube.npy", "(2, 3, 4); a matrix has two")]
    [InlineData("complex.npy", "complex numbers")]
    [InlineData("fields.npy", "named fields")]
    [InlineData("texts.npy", "texts")]
    [InlineData("objects.npy", "Python objects")]
    public void What_is_no_matrix_of_numbers_is_said(string name, string message)
    {
        var (path, _) = Golden.Write(_folder, name);
        var error = Error(() => NpyFile.ReadMatrix<double>(path));
        Assert.StartsWith(name + ": ", error, StringComparison.Ordinal);
        Assert.Contains(message, error, StringComparison.Ordinal);
    }

    [Fact]
    public void A_value_too_large_for_float_is_named()
    {
        var (path, values) = Golden.Write(_folder, "large.npy");
        Require.Equal(values, NpyFile.ReadMatrix<double>(path));
        Assert.Contains("row 2, column 3", Error(() => NpyFile.ReadMatrix<float>(path)), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(-1.0)]
    [InlineData(double.NaN)]
    [InlineData(double.PositiveInfinity)]
    public void A_value_that_cannot_be_factorised_keeps_its_place(double value)
    {
        var matrix = new Matrix<double>(4, 3);
        for (var i = 0; i < 4; i++)
            matrix.Row(i).Fill(1);
        matrix[2, 1] = value;
        NpyFile.Write(_folder.File("v.npy"), matrix);
        var read = NpyFile.ReadMatrix<double>(_folder.File("v.npy"));
        var error = Assert.Throws<NmfDataException>(() => NmfData<double>.FromMatrix(read));
        Assert.Equal((2, 1), (error.Sample, error.Feature));
    }

    [Fact]
    public void What_is_written_is_what_NumPy_writes()
    {
        var (path, values) = Golden.Write(_folder, "version1.npy");
        var written = _folder.File("written.npy");
        NpyFile.Write(written, NpyFile.ReadMatrix<double>(path));
        Assert.Equal(File.ReadAllBytes(path), File.ReadAllBytes(written));
        NpyFile.Write<double>(written, [.. values.Select(row => row[0])], values.Length);
        Assert.Equal(Golden.Bytes("vector.npy"), File.ReadAllBytes(written));
        Assert.Throws<ArgumentException>(() => NpyFile.Write<double>(written, [1, 2, 3], 2, 2));
    }

    [Fact]
    public void A_matrix_of_many_blocks_comes_back_in_both_orders()
    {
        var (rows, columns) = (701, 503);
        var random = new Random(1);
        double[] values = [.. Enumerable.Range(0, rows * columns).Select(_ => random.NextDouble())];
        var matrix = Matrix<double>.FromRowMajor(values, rows, columns);
        NpyFile.Write(_folder.File("c.npy"), matrix);
        Assert.Equal(values, NpyFile.ReadMatrix<double>(_folder.File("c.npy")).ToRowMajor());
        using (var stream = File.Create(_folder.File("f.npy")))
        {
            new NpyHeader("<f8", true, [columns, rows]).Write(stream);
            stream.Write(System.Runtime.InteropServices.MemoryMarshal.AsBytes(values.AsSpan()));
        }

        var transposed = NpyFile.ReadMatrix<double>(_folder.File("f.npy"));
        Assert.All(Enumerable.Range(0, rows), i => Assert.Equal(
            matrix.Row(i).ToArray(), Enumerable.Range(0, columns).Select(j => transposed[j, i])));
    }

    [Theory]
    [InlineData("{'descr': '<f8', 'fortran_order': False, 'shape': (2, 2), }", null)]
    [InlineData("{\"shape\":(2L,2L),\"descr\":\"<f8\",\"fortran_order\":True}", null)]
    [InlineData("{'descr': '<f8', 'fortran_order': False, 'shape': (2, 3), }", "needs 48 bytes behind the header")]
    [InlineData("{'descr': '<f8', 'fortran_order': False, 'shape': (2, 1), }", "16 bytes follow the array")]
    [InlineData("{'descr': '<f8', 'fortran_order': False, 'shape': (2, -2), }", "whole number of at least 0")]
    [InlineData("{'descr': '<f8', 'fortran_order': False, 'shape': (9999999999, 9999999999), }", "2^63")]
    [InlineData("{'descr': '<f8', 'fortran_order': False, 'shape': (99999999999999999999,), }", "whole number")]
    [InlineData("{'descr': '<f8', 'fortran_order': False, 'shape': (4294967296, 1), }", "ends too early")]
    [InlineData("{'descr': '<f8', 'fortran_order': 0, 'shape': (2, 2), }", "True or False is expected")]
    [InlineData("{'descr': '<f8', 'shape': (2, 2), }", "no 'fortran_order'")]
    [InlineData("{'descr': '<f8', 'descr': '<f8', }", "there twice")]
    [InlineData("{'descr': '<f3', 'fortran_order': False, 'shape': (2, 2), }", "type '<f3'")]
    [InlineData("{'descr': '|f8', 'fortran_order': False, 'shape': (2, 2), }", "type '|f8'")]
    [InlineData("{'descr': '', 'fortran_order': False, 'shape': (2, 2), }", "type ''")]
    [InlineData("{'descr': '<f8', 'fortran_order': False, 'shape': (2, 2", "comma or )")]
    [InlineData("{'descr", "not closed")]
    [InlineData("", "{ is expected")]
    public void A_header_is_read_or_said_to_be_broken(string header, string? message)
    {
        var text = Encoding.Latin1.GetBytes(header);
        byte[] bytes = [0x93, .. "NUMPY"u8, 1, 0, (byte)text.Length, 0, .. text, .. new byte[32]];
        var path = _folder.File("h.npy");
        File.WriteAllBytes(path, bytes);
        if (message is null)
            Assert.Equal(2, NpyFile.ReadMatrix<double>(path).Columns);
        else
            Assert.Contains(message, Error(() => NpyFile.ReadMatrix<double>(path)), StringComparison.Ordinal);
    }

    [Fact]
    public void A_damaged_file_is_an_error_that_names_it_or_other_numbers()
    {
        var good = Golden.Bytes("version1.npy");
        var random = new Random(2);
        var path = _folder.File("damaged.npy");
        for (var trial = 0; trial < 3000; trial++)
        {
            var bytes = good[..(trial % 3 == 0 ? random.Next(good.Length) : good.Length)];
            for (var i = 0; i < 1 + (trial % 4) && bytes.Length > 0; i++)
                bytes[random.Next(Math.Min(bytes.Length, 128))] = (byte)random.Next(256);
            File.WriteAllBytes(path, bytes);
            var error = Record.Exception(() => NpyFile.ReadMatrix<float>(path));
            Assert.True(error is null or MatrixFormatException, $"{error}");
        }
    }

    private static string Error(Action action) => Assert.Throws<MatrixFormatException>(action).Message;
}
