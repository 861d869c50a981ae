namespace Nmf.Tests;

/// <summary>Tensors with missing entries, by coordinates, with zeros, and those that are refused.</summary>
public sealed class TensorDataTests
{
    private static readonly IterationOptions Forty = new() { MaximumIterations = 40, Tolerance = 0 };

    private static Planted Small { get; } = new([9, 8, 7], 3, seed: 1, noise: 0.3);

    [Theory]
    [InlineData(2.0)]
    [InlineData(1.0)]
    public void By_coordinates_in_any_order_is_the_dense_fit(double beta)
    {
        var options = new TensorNmfOptions { Rank = 3, Beta = beta, Iterations = Forty };
        var dense = TensorNmf.Fit(Small.Dense<double>(), options);
        var stored = TensorNmf.Fit(Small.Stored<double>(AbsentEntries.Zero), options);
        AssertClose(dense, stored, 1e-6);
        Assert.Equal(dense.ExplainedPart, stored.ExplainedPart, 1e-9);
    }

    [Theory]
    [InlineData(2.0)]
    [InlineData(1.0)]
    [InlineData(0.0)]
    [InlineData(0.5)]
    public void Missing_entries_are_left_out_and_predicted(double beta)
    {
        var planted = new Planted([12, 11, 10], 2, seed: 4);
        bool IsMissing(int e) => e * 31 % 37 < 11;
        var options = new TensorNmfOptions
        {
            Rank = 2, Beta = beta, Iterations = new() { MaximumIterations = 3000, Tolerance = 1e-9 },
        };
        var dense = TensorNmf.Fit(planted.Dense<double>(isMissing: IsMissing), options);
        var stored = TensorNmf.Fit(planted.Stored<double>(AbsentEntries.Missing, IsMissing), options);
        for (var e = 0; e < planted.Values.Length; e++)
        {
            Assert.Equal(planted.Values[e], dense.Predict(planted.Indices(e)), 0.02 * (1 + planted.Values[e]));
            Assert.Equal(planted.Values[e], stored.Predict(planted.Indices(e)), 0.02 * (1 + planted.Values[e]));
        }
    }

    [Fact]
    public void Weights_of_one_are_none_and_a_weight_of_zero_is_a_missing_entry()
    {
        var options = new TensorNmfOptions
        {
            Rank = 2, Beta = 1, Iterations = Forty, Solver = NmfSolver.MultiplicativeUpdate,
        };
        var ones = NmfTensor<double>.FromDense(Small.Values, Small.Shape, weights: [.. Small.Values.Select(_ => 1.0)]);
        AssertClose(TensorNmf.Fit(Small.Dense<double>(), options), TensorNmf.Fit(ones, options), 0);
        bool IsMissing(int e) => e % 5 == 2;
        var weighted = NmfTensor<double>.FromDense(
            Small.Values, Small.Shape, weights: [.. Small.Values.Select((_, e) => IsMissing(e) ? 0.0 : 1)]);
        AssertClose(
            TensorNmf.Fit(Small.Dense<double>(isMissing: IsMissing), options), TensorNmf.Fit(weighted, options), 1e-12);
    }

    [Theory]
    [InlineData(2.0)]
    [InlineData(1.0)]
    public void Slices_of_zeros_and_slices_without_observed_entries_get_zeros(double beta)
    {
        var options = new TensorNmfOptions { Rank = 2, Beta = beta, Iterations = Forty };
        var zeros = Small.Values.Select((v, e) => Small.Indices(e)[1] == 3 ? 0 : v).ToArray();
        foreach (var model in new[]
        {
            TensorNmf.Fit(NmfTensor<double>.FromDense(zeros, Small.Shape), options),
            TensorNmf.Fit(Small.Dense<double>(isMissing: e => Small.Indices(e)[1] == 3), options),
        })
        {
            Assert.Equal([0, 0], model.Factors[1].Row(3).ToArray());
            Assert.Equal(0, model.Predict(2, 3, 1));
            Assert.All(model.Factors, factor => Assert.True(factor.ToRowMajor().All(double.IsFinite)));
        }
    }

    [Theory]
    [InlineData(2.0, 1, 9, 1, 1)]
    [InlineData(1.0, 1, 1, 1, 1)]
    [InlineData(1.0, 3, 1, 5, 4)]
    [InlineData(0.0, 5, 2, 1, 3)]
    [InlineData(2.0, 6, 2, 2, 2)]
    public void Ranks_and_lengths_may_be_anything(double beta, int rank, int first, int second, int third)
    {
        var planted = new Planted([first, second, third], 1, seed: 6);
        var model = TensorNmf.Fit(
            planted.Dense<double>(),
            new TensorNmfOptions { Rank = rank, Beta = beta, Iterations = new() { MaximumIterations = 1000 } });
        Assert.True(model.ExplainedPart > 0.999, $"{model.ExplainedPart}");
    }

    [Fact]
    public void What_is_no_tensor_is_refused_with_its_place()
    {
        Refused<NmfDataException>("(1, 0, 1)", () => Dense([1, 1, 1, 1, 1, -1, 1, 1]));
        Refused<NmfDataException>("(0, 1, 1)", () => Dense([1, 1, 1, double.NaN, 1, 1, 1, 1]));
        Refused<NmfDataException>("(0, 0, 0)", () => Dense([double.PositiveInfinity, 1, 1, 1, 1, 1, 1, 1]));
        Refused<NmfDataException>("nothing to factorize", () => TensorNmf.Fit(
            Dense([0, 0, 0, 0, 0, 0, 0, 0]), new TensorNmfOptions { Rank = 1 }));
        Refused<NmfDataException>("missing", () => NmfTensor<double>.FromDense(
            [double.NaN, double.NaN], [1, 2], MissingValues.NaN));
        Refused<ArgumentException>("8 entries", () => Dense([1, 2, 3]));
        Refused<ArgumentException>("Mode 1 has length 0", () => NmfTensor<double>.FromDense([], [1, 0, 2]));
        Refused<ArgumentException>("two modes", () => NmfTensor<double>.FromDense([1], [1]));
        Refused<NmfDataException>("index 2 in mode 1", () => Stored([0, 2, 0], [1]));
        Refused<NmfDataException>("index -1 in mode 0", () => Stored([-1, 0, 0], [1]));
        Refused<NmfDataException>("given twice, as entries 0 and 2", () => Stored(
            [0, 1, 1, 0, 0, 0, 0, 1, 1], [1, 2, 3]));
        Refused<NmfDataException>("(1, 1, 0) is -2", () => Stored([1, 1, 0], [-2]));
        Refused<ArgumentException>("need 3 indices", () => Stored([1, 1], [1]));
        Refused<ArgumentException>("weights", () => NmfTensor<double>.FromCoordinates(
            [1, 1, 0], [1.0], [2, 2, 2], AbsentEntries.Zero, [2.0]));
        Refused<NmfDataException>("weight at (0, 0, 1)", () => NmfTensor<double>.FromDense(
            [1, 1], [1, 1, 2], weights: [1, -1.0]));

        static NmfTensor<double> Dense(double[] values) => NmfTensor<double>.FromDense(values, [2, 2, 2]);

        static NmfTensor<double> Stored(int[] indices, double[] values)
            => NmfTensor<double>.FromCoordinates(indices, values, [2, 2, 2]);
    }

    [Fact]
    public void What_cannot_be_fitted_is_refused()
    {
        var data = Small.Dense<double>();
        var options = new TensorNmfOptions { Rank = 2 };
        Refused<ArgumentException>("rank", () => TensorNmf.Fit(data, options with { Rank = 0 }));
        Refused<ArgumentException>("Beta", () => TensorNmf.Fit(data, options with { Beta = double.NaN }));
        Refused<ArgumentException>("starts", () => TensorNmf.Fit(data, options with { Starts = 0 }));
        Refused<ArgumentException>("SharedNewton", () => TensorNmf.Fit(
            data, options with { Solver = NmfSolver.SharedNewton }));
        Refused<ArgumentException>("beta = 2", () => TensorNmf.Fit(
            data, options with { Solver = NmfSolver.Hals, Beta = 1 }));
        Refused<ArgumentException>("missing", () => TensorNmf.Fit(
            Small.Dense<double>(isMissing: e => e == 3), options with { Solver = NmfSolver.Hals }));
        Refused<ArgumentException>("beta = 0.5", () => TensorNmf.Fit(
            Small.Stored<double>(AbsentEntries.Zero), options with { Beta = 0.5 }));
        var zero = Small.Values.ToArray();
        zero[8] = 0;
        Refused<NmfDataException>("(0, 1, 1) is 0", () => TensorNmf.Fit(
            NmfTensor<double>.FromDense(zero, Small.Shape), options with { Beta = 0 }));
        zero[8] = 1e-200;
        Refused<NmfDataException>("(0, 1, 1) is too far below", () => TensorNmf.Fit(
            NmfTensor<double>.FromDense(zero, Small.Shape), options with { Beta = 0 }));
        Refused<NmfDataException>("multiply the data", () => TensorNmf.Fit(
            Small.Dense<double>(1e-305), options with { Beta = 1 }));
        var start = TensorStart.Random<double>([9, 8, 6], 2, 1, 0, 0);
        Refused<ArgumentException>("mode 2 is 6 x 2", () => TensorNmf.Fit(data, options, start));
        Refused<ArgumentException>("2 factors", () => TensorNmf.Fit(data, options, start[..2]));
    }

    private static void Refused<TException>(string words, Func<object> action)
        where TException : Exception
        => Assert.Contains(words, Assert.ThrowsAny<TException>(action).Message, StringComparison.Ordinal);

    private static void AssertClose(TensorNmfModel<double> expected, TensorNmfModel<double> actual, double part)
    {
        for (var k = 0; k < expected.Rank; k++)
            Assert.Equal(expected.Weights[k], actual.Weights[k], part * expected.Weights[0]);
        for (var n = 0; n < expected.Order; n++)
            Assert.All(
                expected.Factors[n].ToRowMajor().Zip(actual.Factors[n].ToRowMajor()),
                pair => Assert.Equal(pair.First, pair.Second, part));
    }
}
