using Nmf.Kernels;

namespace Nmf.Tests;

/// <summary>Places and memory that are not there, at calls that users make: the message says what was asked for.
/// </summary>
public sealed class OutOfPlaceTests
{
    [Theory]
    [InlineData(-1)]
    [InlineData(2)]
    public void A_place_that_is_not_there_is_named(int place)
    {
        var matrix = new Matrix<float>(2, 3);
        var sparse = SparseMatrix<float>.FromCsr(2, 2, [0, 1, 3], [0, 0, 1], [1, 2, 3]);
        var known = KnownComponents.FromColumns([[1f, 2], [3, 4]]);
        var layout = SequenceLayout.FromLengths([3, 4]);
        foreach (Action call in new Action[]
        {
            () => matrix.Row(place), () => sparse.RowValues(place), () => sparse.RowIndices(place),
            () => known.Column(place), () => layout.Start(place),
        })
        {
            var error = Assert.Throws<ArgumentOutOfRangeException>(call);
            Assert.Equal(place, error.ActualValue);
        }
    }

    [Fact]
    public void Sequences_longer_than_all_numbers_are_refused()
        => Assert.Contains("more than", Assert.Throws<ArgumentException>(
            () => SequenceLayout.FromLengths([int.MaxValue, 1])).Message);

    [Theory]
    [InlineData(-1f)]
    [InlineData(float.NaN)]
    [InlineData(float.PositiveInfinity)]
    public void A_dictionary_that_is_none_has_no_row_solver(float value)
    {
        var w = new Matrix<float>(2, 2) { [0, 0] = 1, [1, 1] = value };
        foreach (var beta in new[] { 0.0, 1, 2 })
            Assert.Contains("feature 1, component 1", Assert.Throws<ArgumentException>(
                () => new RowSolver<float>(w, beta, 1e-6, 100)).Message);
    }

    [Fact]
    public void A_row_is_not_reconstructed_into_its_activations()
    {
        var data = TestData.Dense<float>(TestData.Positive(6, 3, 2, 1), 6, 3);
        var model = NmfFactorizer.Fit(data, new NmfOptions { Rank = 3 });
        var memory = new float[4];
        Assert.Throws<ArgumentException>(() => model.ReconstructRow(memory.AsSpan(0, 3), memory.AsSpan(1, 3)));
    }

    [Fact]
    public void A_forecast_has_room_for_every_activation_and_no_more()
    {
        var data = TestData.Dense<float>(TestData.Positive(12, 3, 2, 1), 12, 3);
        var model = DynamicalSystem.Fit(data, new DynamicalSystemOptions { Rank = 2 });
        var filter = model.CreateFilter();
        foreach (var frame in new[] { false, true })
        {
            if (frame)
                filter.Push([1, 2, 3], new float[2]);
            foreach (var room in new[] { 1, 3 })
                Assert.Throws<ArgumentException>(() => filter.Expect(new float[room]));
            filter.Expect(new float[2]);
        }
    }

    [Theory]
    [InlineData(AbundanceConstraint.SumToOne)]
    [InlineData(AbundanceConstraint.Shaded)]
    public void A_model_of_abundances_is_no_start_of_online_learning(AbundanceConstraint sum)
    {
        var data = TestData.Dense<float>(TestData.Positive(12, 5, 2, 1), 12, 5);
        var model = NmfFactorizer.Fit(data, new NmfOptions { Rank = 2, Problem = new AbundanceNmf { Sum = sum } });
        Assert.Contains("abundances", Assert.Throws<ArgumentException>(
            () => OnlineNmf<float>.FromModel(model, new OnlineNmfOptions { Rank = 2, Beta = 2 })).Message);
    }
}
