namespace Nmf.Tests;

/// <summary>What a fitted tensor model can do.</summary>
public sealed class TensorModelTests
{
    private static Planted Data { get; } = new([10, 9, 8], 2, seed: 3, noise: 0.2);

    private static TensorNmfOptions Options { get; } = new()
    {
        Rank = 2, Beta = 1, Iterations = new() { MaximumIterations = 2000, Tolerance = 1e-10 },
    };

    [Theory]
    [InlineData(2.0, 0)]
    [InlineData(2.0, 2)]
    [InlineData(1.0, 1)]
    [InlineData(0.0, 0)]
    public void Slices_of_the_fit_get_the_rows_of_the_factor(double beta, int mode)
    {
        var model = TensorNmf.Fit(
            Data.Dense<double>(),
            Options with { Beta = beta, Iterations = new() { MaximumIterations = 6000, Tolerance = 1e-13 } });
        foreach (var unit in new[] { 1, Math.ScaleB(1, 30) })
        {
            var rows = model.Infer(mode, Data.Dense<double>(unit));
            for (var i = 0; i < rows.Rows; i++)
            {
                for (var k = 0; k < 2; k++)
                    Assert.Equal(model.Factors[mode][i, k], rows[i, k] / unit, 2e-4);
            }
        }
    }

    [Fact]
    public void One_new_slice_and_its_missing_entries_are_inferred()
    {
        var planted = new Planted([10, 9, 8], 2, seed: 3);
        var model = TensorNmf.Fit(planted.Dense<double>(), Options);
        var slice = planted.Values[(9 * 8 * 4)..(9 * 8 * 5)];
        var rows = model.Infer(0, NmfTensor<double>.FromDense(
            [.. slice.Select((v, e) => e % 3 == 1 ? double.NaN : 2 * v)], [1, 9, 8], MissingValues.NaN));
        Assert.Equal(1, rows.Rows);
        for (var k = 0; k < 2; k++)
            Assert.Equal(2 * model.Factors[0][4, k], rows[0, k], 1e-3);
        var empty = model.Infer(1, NmfTensor<double>.FromCoordinates(
            [0, 0, 0], [1.0], [10, 2, 8], AbsentEntries.Missing));
        Assert.Equal([0, 0], empty.Row(1).ToArray());
        Assert.True(empty.Row(0).ToArray().Sum() > 0);
    }

    [Fact]
    public void Slices_that_do_not_fit_and_places_out_of_range_are_errors()
    {
        var model = TensorNmf.Fit(Data.Dense<double>(), Options);
        Assert.Contains("Mode 1 of the slices has length 8", Assert.Throws<ArgumentException>(() => model.Infer(
            0, new Planted([1, 8, 8], 1, 1).Dense<double>())).Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentException>(() => model.Infer(0, new Planted([1, 9], 1, 1).Dense<double>()));
        Assert.Throws<ArgumentOutOfRangeException>(() => model.Infer(3, Data.Dense<double>()));
        Assert.Throws<ArgumentException>(() => model.Predict(1, 2));
        Assert.Throws<ArgumentOutOfRangeException>(() => model.Predict(1, 9, 2));
        using var source = new CancellationTokenSource();
        source.Cancel();
        Assert.ThrowsAny<OperationCanceledException>(
            () => model.Infer(0, Data.Dense<double>(), cancellationToken: source.Token));
    }

    [Fact]
    public void The_core_consistency_falls_where_there_are_too_many_components()
    {
        double Of(Planted planted, int rank, Func<int, bool>? isMissing = null)
        {
            var data = planted.Dense<double>(isMissing: isMissing);
            return TensorNmf.Fit(data, Options with { Rank = rank, Beta = 2 }).CoreConsistency(data);
        }

        var planted = new Planted([10, 9, 8], 2, seed: 3, noise: 0.02);
        Assert.InRange(Of(planted, 2), 95, 100);
        Assert.InRange(Of(planted, 2, e => e % 7 == 3), 95, 100);
        Assert.True(Of(planted, 4) < 50, $"{Of(planted, 4)}");
        var exact = new Planted([5, 4, 3, 6], 2, seed: 5);
        var model = TensorNmfModel<double>.FromParameters(
            [.. exact.Factors.Select(factor => Nmf.Kernels.Matrix<double>.FromRowMajor(
                [.. factor.SelectMany(row => row)], factor.Length, 2))], [1, 1], 2);
        Assert.Equal(100, model.CoreConsistency(exact.Dense<double>()), 1e-8);
        Assert.Equal(100, model.CoreConsistency(exact.Stored<double>(AbsentEntries.Zero)), 1e-8);

        // Twice the data is a core of twos: 100 (1 - Σ (2 - 1)² / K) = 0.
        Assert.Equal(0, model.CoreConsistency(exact.Dense<double>(unit: 2)), 1e-8);
        Assert.Contains("10 x 9 x 8", Assert.Throws<ArgumentException>(
            () => model.CoreConsistency(planted.Dense<double>())).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(0.3)]
    [InlineData(0.7)]
    public void The_core_consistency_of_observed_entries_is_that_of_least_squares(double missing)
    {
        var random = new Random(7);
        var planted = new Planted([7, 6, 5], 3, seed: 11, noise: 0.4);
        bool[] isMissing = [.. Enumerable.Range(0, 7 * 6 * 5).Select(_ => random.NextDouble() < missing)];
        var data = planted.Dense<double>(isMissing: e => isMissing[e]);
        var model = TensorNmf.Fit(data, Options with { Rank = 3, Beta = 2 });

        // The normal equations of all 27 entries of the core, as they stand.
        var full = planted.Dense<double>();
        var normal = new MathNet.Numerics.LinearAlgebra.Double.DenseMatrix(27, 27);
        var right = new MathNet.Numerics.LinearAlgebra.Double.DenseVector(27);
        full.ForEachObserved((indices, value, _) =>
        {
            var (i, j, l) = (indices[0], indices[1], indices[2]);
            if (isMissing[(((i * 6) + j) * 5) + l])
                return;
            var row = new MathNet.Numerics.LinearAlgebra.Double.DenseVector([.. Enumerable.Range(0, 27).Select(
                at => model.Weights[at / 9] * model.Factors[0][i, at / 9] * model.Factors[1][j, at / 3 % 3]
                    * model.Factors[2][l, at % 3])]);
            row.OuterProduct(row).Add(normal, normal);
            right.Add(row * value, right);
        });
        var core = normal.Solve(right);
        var expected = 100 * (1 - (core.Select((x, at) => Math.Pow(x - (at % 13 == 0 ? 1 : 0), 2)).Sum() / 3));
        Assert.True(expected < 99, $"{expected}");
        Assert.Equal(expected, model.CoreConsistency(data), 1e-5 * (1 + Math.Abs(expected)));
    }

    [Theory]
    [InlineData(-120)]
    [InlineData(-55)]
    [InlineData(90)]
    public void The_core_consistency_does_not_depend_on_the_unit(int exponent)
    {
        var planted = new Planted([7, 6, 5], 3, seed: 11, noise: 0.4);
        double Of(double unit, Func<int, bool>? isMissing)
        {
            var data = planted.Dense<double>(isMissing: isMissing, unit: unit);
            return TensorNmf.Fit(data, Options with { Rank = 4, Beta = 2 }).CoreConsistency(data);
        }

        foreach (var isMissing in new Func<int, bool>?[] { null, e => e % 5 == 1 })
        {
            var expected = Of(1, isMissing);
            Assert.Equal(expected, Of(Math.ScaleB(1, exponent), isMissing), 1e-6 * (1 + Math.Abs(expected)));
        }
    }

    [Fact]
    public void Slices_of_zeros_have_rows_of_zeros_and_shapes_beyond_counting_are_errors()
    {
        var model = TensorNmf.Fit(Data.Dense<double>(), Options);
        int[] shape = [2, .. Data.Dense<double>().Shape.Skip(1)];
        var zeros = NmfTensor<double>.FromDense(new double[shape.Aggregate((a, b) => a * b)], shape);
        Assert.Equal(new double[2 * model.Rank], model.Infer(0, zeros).ToRowMajor());
        Assert.Contains("All observed entries are zero", Assert.Throws<NmfDataException>(
            () => TensorNmf.Fit(zeros, Options)).Message, StringComparison.Ordinal);
        Assert.Contains("2^62", Assert.Throws<ArgumentException>(() => NmfTensor<double>.FromCoordinates(
            [0, 0, 0], [1.0], [int.MaxValue, int.MaxValue, int.MaxValue])).Message, StringComparison.Ordinal);
        Assert.Contains("The index of mode 1", Assert.Throws<ArgumentOutOfRangeException>(
            () => model.Predict(1, 9, 2)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_core_that_the_observed_entries_do_not_determine_is_an_error()
    {
        var data = new Planted([7, 6, 5], 3, seed: 11).Dense<double>(isMissing: e => e % 14 != 0);
        var model = TensorNmf.Fit(data, Options with { Rank = 3, Beta = 2 });
        Assert.Contains("do not determine", Assert.Throws<ArgumentException>(
            () => model.CoreConsistency(data)).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    public void Constant_tensors_are_explained(double beta)
    {
        var values = new float[8 * 7 * 6];
        Array.Fill(values, 0.1f);
        var data = NmfTensor<float>.FromDense(values, [8, 7, 6]);
        Assert.InRange(TensorNmf.Fit(data, Options with { Rank = 2, Beta = beta }).ExplainedPart, 0.999, 1);
        Assert.InRange(
            TuckerNmf.Fit(data, new TuckerOptions { Ranks = [2, 1, 2], Beta = beta }).ExplainedPart, 0.999, 1);
    }

    [Fact]
    public void Models_are_saved_and_loaded_and_damaged_files_refused()
    {
        var model = TensorNmf.Fit(Data.Dense<float>(), Options);
        using var stream = new MemoryStream();
        model.Save(stream);
        var file = stream.ToArray();
        var loaded = TensorNmfModel<float>.Load(new MemoryStream(file));
        Assert.Equal(model.Weights, loaded.Weights);
        Assert.Equal(model.Shape, loaded.Shape);
        Assert.Equal(model.Beta, loaded.Beta);
        for (var n = 0; n < 3; n++)
            Assert.Equal(model.Factors[n].ToRowMajor(), loaded.Factors[n].ToRowMajor());
        Assert.Contains("precision", Assert.Throws<InvalidDataException>(
            () => TensorNmfModel<double>.Load(new MemoryStream(file))).Message, StringComparison.Ordinal);
        for (var length = 0; length < file.Length; length += 1 + (length / 16))
            Refused(file[..length]);
        var random = new Random(1);
        for (var i = 0; i < 400; i++)
        {
            var damaged = file.ToArray();
            damaged[random.Next(i < 200 ? 60 : file.Length)] ^= (byte)(1 << random.Next(8));
            Refused(damaged);

            // With a checksum that fits: it is refused, or it is a model.
            System.Security.Cryptography.SHA256.HashData(damaged.AsSpan()[12..^32]).CopyTo(damaged.AsSpan()[^32..]);
            var before = GC.GetAllocatedBytesForCurrentThread();
            try
            {
                Assert.True(TensorNmfModel<float>.Load(new MemoryStream(damaged)).Weights.All(double.IsFinite));
            }
            catch (InvalidDataException)
            {
            }

            Assert.True(GC.GetAllocatedBytesForCurrentThread() - before < 64 << 20);
        }

        static void Refused(byte[] bytes)
            => Assert.Throws<InvalidDataException>(() => TensorNmfModel<float>.Load(new MemoryStream(bytes)));
    }
}
